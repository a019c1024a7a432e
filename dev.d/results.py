"""The recorded runs of the conformance suite, conformance/results/RUNTIME.VIEW.json, and what they say of a requirement."""
import collections
import functools
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RESULTS = os.path.join(ROOT, "conformance", "results")
VIEWS = ("v1", "hybrid", "v2", "vm")  # vm: v2 with all its controllers, below systemd, in the machine of ./dev vm
# The verdict of a requirement is the first of these that a check of it has.
WORST_FIRST = ("fail", "deviates", "pass", "older", "declined", "untested")

# facts: runtime, kernel, cgroup, date, and `unusable` where no container runs. rows: a dict a check.
Run = collections.namedtuple("Run", "name view facts rows")


@functools.cache
def runs():
    """All recorded runs: those of berth first, then by name."""
    found = []
    for file in os.listdir(RESULTS) if os.path.isdir(RESULTS) else []:
        if file.endswith(".json"):
            name, view = file.removesuffix(".json").rsplit(".", 1)
            with open(os.path.join(RESULTS, file), encoding="utf-8") as text:
                facts = json.load(text)
            found.append(Run(name, view, facts, facts.pop("checks")))
    return sorted(found, key=lambda run: (run.name != "berth", run.name, VIEWS.index(run.view)))


@functools.cache
def deviations():
    with open(os.path.join(ROOT, "conformance", "exceptions.tsv"), encoding="utf-8") as lines:
        return {line.partition("\t")[0] for line in lines}


def names():
    return list(dict.fromkeys(run.name for run in runs()))


def rows_of(name, id):
    """(view, row) of each check of a requirement, in all views in which the runtime runs containers."""
    return [(run.view, row) for run in runs() if run.name == name for row in run.rows if id in row["ids"]]


def verdict_of(name, id):
    """The verdict of a runtime on a requirement over all views; empty where no check is about it. Of a check of several
    requirements, only one that exceptions.tsv names deviates."""
    verdicts = {row["verdict"] for _, row in rows_of(name, id) if row["verdict"] != "deviates" or id in deviations()}
    return next((verdict for verdict in WORST_FIRST if verdict in verdicts), "")


def same_in_all_views(name, verdict):
    """Checks with this verdict: (row, views) with the views in which they have it."""
    found = {}
    for run in runs():
        for row in run.rows:
            if run.name == name and row["verdict"] == verdict:
                found.setdefault((tuple(row["ids"]), row["title"]), (row, []))[1].append(run.view)
    return found.values()
