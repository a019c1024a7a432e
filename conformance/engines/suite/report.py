"""Runs the checks of one engine and prints a line for each."""
import subprocess
import traceback

from suite.checks import Skip, checks_of
from suite.facts import reason_for, reasons
from suite.footprint import compare, footprint

VERDICTS = ("ok", "not ok", "skip")


def run_engine(engine, options):
    """Inside a private place: starts the engine, runs its checks. Returns 1 if one failed."""
    try:
        verdicts = [run_one(f"{engine.name}.starts", engine.__enter__)]
        if verdicts == ["ok"]:
            verdicts += run_checks(engine, options)
    finally:
        engine.__exit__()
    return 1 if "not ok" in verdicts else 0


def run_checks(engine, options):
    rows = [] if options.try_all else reasons()
    before = footprint(engine)
    for check in checks_of(engine.packages):
        name = f"{engine.name}.{check.__name__}"
        if chosen(name, options.only):
            yield run_check(name, check, engine, reason_for(name, rows))
    yield run_one(f"{engine.name}.nothing_is_left_behind", lambda: compare(before, engine))


def chosen(name, only):
    words = [word for word in only.split(",") if word]
    return not words or any(word in name for word in words)


def run_check(name, check, engine, reason):
    if reason:
        return say("skip", name, reason)
    verdict = run_one(name, lambda: check(engine))
    engine.remove_all()
    return verdict


def run_one(name, check):
    try:
        check()
    except Skip as reason:
        return say("skip", name, str(reason))
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return say("not ok", name, str(error))
    except Exception:  # a broken check must not hide the others
        return say("not ok", name, traceback.format_exc())
    return say("ok", name, "")


def say(verdict, name, detail):
    """One line, however many the detail has."""
    detail = " | ".join(line for line in detail.splitlines() if line.strip())
    print(f"{verdict} {name}{': ' + detail if detail else ''}", flush=True)
    return verdict
