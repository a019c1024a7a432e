#!/usr/bin/env python3
"""Writes docs/conformance.md: what recorded runs of the conformance suite say about berth and other runtimes.

    conformance.py                     checks that the file and the records are up to date, and that each requirement has
                                       a check or a reason; prints a line for each finding, exit code 1
    conformance.py --write             writes the file
    conformance.py --record [NAME=PATH...]    makes the records anew (root): build/release/berth, runc and crun
                                       in each view of cgroups and in the machine of ./dev vm, or only these
                                       runtimes; then writes the file
"""
import collections
import contextlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "conformance"))
# pylint: disable=wrong-import-position
from results import RESULTS, VIEWS, names, rows_of, runs, same_in_all_views, verdict_of
from suite.check import CHECKS, UNTESTABLE
from suite.main import load_checks, uncovered
from suite.requirements import requirements

DOCUMENT = "docs/conformance.md"
HEAD = "conformance/conformance_head.md"
SHORT = 150  # characters of a text in a table


def main():
    load_checks()
    if "--record" in sys.argv:
        record(dict(argument.split("=", 1) for argument in sys.argv[sys.argv.index("--record") + 1:]))
    findings = list(check())
    if "--write" in sys.argv or "--record" in sys.argv:
        with open(os.path.join(ROOT, DOCUMENT), "w", encoding="utf-8") as out:
            out.write(document())
    elif read(DOCUMENT) != document():
        findings.append(f"{DOCUMENT} is not up to date: ./dev compliance")
    for finding in findings:
        print(finding)
    print(f"{len(CHECKS)} checks of {len(requirements()) - len(UNTESTABLE)} requirements, {len(runs())} recorded runs; "
          f"{len(findings)} findings")
    return 1 if findings else 0


def read(path):
    path = os.path.join(ROOT, path)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as source:
        return source.read()


def record(runtimes):
    defaults = {"berth": os.path.join(ROOT, "build/release/berth"), "runc": shutil.which("runc"), "crun": shutil.which("crun")}
    os.makedirs(RESULTS, exist_ok=True)
    for name, path in (runtimes or defaults).items():
        for view in VIEWS:
            print(f"conformance/run: {name} in the view {view}", flush=True)
            place = os.path.join(RESULTS, f"{name}.{view}.json")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(place)  # a run that does not come to its end leaves no record
            command = ["conformance/run", "--runtime", path, "--record", place]
            command += ["--faults"] if name == "berth" and view != "vm" else []
            command = ["./dev", "vm", "--", *command, "--here"] if view == "vm" else [*command, "--cgroup", view]
            subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    runs.cache_clear()


def check():
    """Findings about the registry, and about records that were made with other checks."""
    missing, unknown = uncovered()
    for id in missing:
        yield f"{id}: conformance/suite has neither a check nor a reason: {requirements()[id].sentence}"
    for id in unknown:
        yield f"conformance/suite: {id} is no requirement"
    now = {(check.ids, check.title) for check in CHECKS}
    if len(now) != len(CHECKS):
        yield "conformance/suite: two checks of the same requirements have one title"
    for view in set(VIEWS) - {run.view for run in runs() if run.name == "berth" and "unusable" not in run.facts}:
        yield f"conformance/results/berth.{view}.json: is missing, or berth runs no container there"
    for run in runs():
        recorded = {(tuple(row["ids"]), row["title"]) for row in run.rows}
        if "unusable" not in run.facts and recorded != now:
            yield f"conformance/results/{run.name}.{run.view}.json: {len(now ^ recorded)} checks differ: dev.d/conformance.py --record"
        if run.name == "berth":
            yield from (f"berth fails {' '.join(row['ids'])} in the view {run.view}: {row['title']}"
                        for row in run.rows if row["verdict"] == "fail")


# ---- the document ----


def document():
    return "".join([read(HEAD), *run_table(), *chapter_table(), *requirement_tables(), *failure_tables(), *other_reasons()])


def row_of(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def table_head(*columns):
    return row_of(columns) + row_of(["---"] * len(columns))


def short(text):
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[:SHORT] + "…"


def run_table():
    """What was run, and the sums of each run."""
    yield "\n## The runs\n\n" + table_head("runtime", "cgroups", "kernel", "date", "checks", "result")
    for run in runs():
        counts = collections.Counter(row["verdict"] for row in run.rows)
        result = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("pass", "fail", "deviates", "declined", "older", "untested")
                           if counts[verdict])
        if tried := [row for row in run.rows if "fault" in row]:
            result += f"; {sum(row['fault'] for row in tried)} of {len(tried)} find their fault"
        facts = run.facts
        yield row_of([facts["runtime"], run.view, facts["kernel"], facts["date"], len(run.rows),
                      f"runs no container: {facts['unusable']}" if "unusable" in facts else result])


def chapter_of(id):
    return id.split("-")[0]


def chapter_table():
    """Requirements that have a check with a verdict, and how many of them hold."""
    yield "\n## By chapter\n\nOf the requirements that were tried, how many hold in every view; in brackets those of level must.\n\n"
    yield table_head("chapter", *names())
    chapters = list(dict.fromkeys(map(chapter_of, requirements())))
    for chapter in chapters:
        ids = [id for id in requirements() if chapter_of(id) == chapter]
        yield row_of([chapter, *(sums(name, ids) for name in names())])
    yield row_of(["all", *(sums(name, requirements()) for name in names())])


def sums(name, ids):
    tried = [id for id in ids if verdict_of(name, id) in ("pass", "fail", "deviates")]
    must = [id for id in tried if requirements()[id].level == "must"]
    return f"{held(name, tried)} of {len(tried)} ({held(name, must)} of {len(must)})" if tried else "-"


def held(name, ids):
    return sum(verdict_of(name, id) == "pass" for id in ids)


def requirement_tables():
    yield "\n## By requirement\n"
    last = None
    for id, requirement in requirements().items():
        if chapter_of(id) != last:
            last = chapter_of(id)
            yield f"\n### {last}\n\n" + table_head("id", "level", "what", *names())
        yield row_of([id, requirement.level, f"{requirement.chapter}: {requirement.sentence}", *(cell(name, id) for name in names())])


def cell(name, id):
    """The verdict, with the number of failures, and the views where not all have it."""
    verdict = verdict_of(name, id)
    if not verdict:
        return "untestable" if id in UNTESTABLE else "-"
    if verdict != "fail":
        return verdict
    rows = rows_of(name, id)
    failed = {(row["title"]) for _, row in rows if row["verdict"] == "fail"}
    views = {view for view, row in rows if row["verdict"] == "fail"}
    where = "" if views == {view for view, _ in rows} else " in " + ", ".join(view for view in VIEWS if view in views)
    return f"fail: {len(failed)} of {len({row['title'] for _, row in rows})}{where}"


def failure_tables():
    for name in names():
        failures = list(same_in_all_views(name, "fail"))
        if not failures:
            continue
        yield f"\n## What {name} fails\n\nTo see one: `conformance/run --runtime {name} --only ID --keep DIR`, then `DIR/ID.*/try.sh`.\n\n"
        yield table_head("check", "expected", "seen", "since", "views")
        for row, views in failures:
            yield row_of([f"{' '.join(row['ids'])}: {row['title']}", short(row["expected"]), short(row["seen"]), row.get("since", ""), ", ".join(views)])


def other_reasons():
    yield "\n## Deviations of berth\n\n" + table_head("check", "reason")
    for row, _ in same_in_all_views("berth", "deviates"):
        yield row_of([f"{' '.join(row['ids'])}: {row['title']}", row["why"]])
    yield "\n## Not tested\n\nWhat the machine of the runs could not show, and what no run can show.\n\n" + table_head("check", "reason", "views")
    for row, views in same_in_all_views("berth", "untested"):
        yield row_of([f"{' '.join(row['ids'])}: {row['title']}", row["why"], ", ".join(views)])
    for id, why in UNTESTABLE.items():
        yield row_of([id, why, "untestable"])


if __name__ == "__main__":
    sys.exit(main())
