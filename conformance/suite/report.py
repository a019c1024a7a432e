"""The outcomes of a run as text, JSON, JUnit or TAP, and as the record that docs/conformance.md is made from."""
import collections
import datetime
import json
import os
from xml.sax.saxutils import escape, quoteattr

from suite.needs import view
from suite.requirements import requirements

VERDICTS = ("pass", "fail", "deviates", "declined", "older", "untested")


def succeeded(outcomes):
    return not any(outcome.verdict == "fail" or outcome.fault is False for outcome in outcomes)


def as_text(outcomes, about):
    yield "{runtime} on Linux {kernel}, cgroups {cgroup}".format(**about)
    for outcome in outcomes:
        yield from lines_of(outcome)
    yield summary(outcomes)


def lines_of(outcome):
    """One line; of what is not well, the reasons below it."""
    check = outcome.check
    why = f" ({outcome.why})" if outcome.why else ""
    yield f"{outcome.verdict:8} {' '.join(check.ids)}: {check.title}{why}"
    if outcome.verdict in ("fail", "deviates"):
        yield f"         expected     {outcome.expected}"
        yield f"         seen         {indented(outcome.seen)}"
        if check.since:
            yield f"         since        {check.since} of the specification"
        for id in check.ids:
            yield f"         requirement  {id} ({check.level}), {requirements()[id].chapter}: {requirements()[id].sentence}"
        if outcome.config:
            yield f"         config       {outcome.config}"
    if outcome.kept:
        yield f"         try          {outcome.kept}"
    if outcome.fault is False:
        yield "         CANNOT FAIL  it passes with a runtime that has the fault which the check names"


def indented(text):
    return str(text).strip().replace("\n", "\n" + " " * 22)


def summary(outcomes):
    counts = collections.Counter(outcome.verdict for outcome in outcomes)
    line = f"{len(outcomes)} checks: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    levels = collections.Counter(outcome.check.level for outcome in outcomes if outcome.verdict == "fail")
    if levels:
        line += " (of the failures " + ", ".join(f"{levels[level]} {level}" for level in ("must", "should", "may") if levels[level]) + ")"
    tried = [outcome for outcome in outcomes if outcome.fault is not None]
    if tried:
        line += f"; {sum(outcome.fault for outcome in tried)} of {len(tried)} find their fault"
    return line


def about(runtime):
    """What a record says about its run."""
    return {"runtime": runtime.version() or os.path.basename(runtime.path), "kernel": os.uname().release,
            "cgroup": view(), "date": datetime.date.today().isoformat()}


def as_record(outcomes, facts):
    """JSON with one line a check, so that two records can be compared by diff."""
    yield "{" + ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in facts.items()) + ', "checks": ['
    rows = [json.dumps(row_of(outcome)) for outcome in outcomes]
    yield ",\n".join(rows)
    yield "]}"


def row_of(outcome):
    check = outcome.check
    row = {"ids": list(check.ids), "title": check.title, "level": check.level, "verdict": outcome.verdict}
    if check.since:
        row["since"] = check.since
    names = ("why", "expected", "seen", "config", "fault") if outcome.verdict == "fail" else ("why", "fault")
    return {**row, **{name: getattr(outcome, name) for name in names if getattr(outcome, name) not in ("", None)}}


def as_tap(outcomes, _):
    yield f"TAP version 13\n1..{len(outcomes)}"
    for number, outcome in enumerate(outcomes, 1):
        name = f"{number} - {' '.join(outcome.check.ids)}: {outcome.check.title}".replace("#", "\\#")
        if outcome.verdict == "fail" or outcome.fault is False:
            yield f"not ok {name}"
            yield "  ---\n  expected: {}\n  seen: {}\n  ...".format(*map(json.dumps, (outcome.expected, outcome.seen)))
        else:
            yield f"ok {name}" + (f" # SKIP {outcome.verdict}: {outcome.why}" if outcome.why else "")


def as_junit(outcomes, facts):
    fails = sum(outcome.verdict == "fail" for outcome in outcomes)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuite name={quoteattr(facts["runtime"])} tests="{len(outcomes)}" failures="{fails}">'
    for outcome in outcomes:
        yield f'  <testcase classname={quoteattr(" ".join(outcome.check.ids))} name={quoteattr(outcome.check.title)}>'
        if outcome.verdict == "fail":
            yield f"    <failure message={quoteattr(outcome.expected)}>{escape(outcome.seen)}</failure>"
        elif outcome.why:
            yield f"    <skipped message={quoteattr(outcome.verdict + ': ' + outcome.why)}/>"
        yield "  </testcase>"
    yield "</testsuite>"


FORMS = {"text": as_text, "json": as_record, "tap": as_tap, "junit": as_junit}
