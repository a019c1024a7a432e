"""The command: its arguments, the private place, and the report."""
import argparse
import fnmatch
import importlib
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile

from suite import checks, probe
from suite.check import CHECKS, UNTESTABLE
from suite.footprint import footprint, left
from suite.report import FORMS, about, as_record, succeeded
from suite.requirements import requirements
from suite.runner import Place, Runner
from suite.runtime import Runtime

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(HERE)
LEVELS = {"must": ("must",), "should": ("must", "should"), "all": ("must", "should", "may")}


def main(help_text):
    options = parse_arguments(help_text)
    if os.geteuid() != 0:
        sys.exit("conformance: needs root")
    if not options.inside and not options.here:
        return run_in_place(options)
    load_checks()
    chosen = list(selected(options))
    if not chosen:
        sys.exit("conformance: no check of these ids")
    # What a runtime has left there was reported; in a private place it ends with it.
    with tempfile.TemporaryDirectory(prefix="conformance.", dir=os.environ.get("PLACE"), ignore_cleanup_errors=True) as directory:
        os.chmod(directory, 0o755)
        return run_checks(options, chosen, Place(directory, probe.build(directory)))


def parse_arguments(help_text):
    parser = argparse.ArgumentParser(prog="conformance/run", description=help_text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runtime", required=True, metavar="PATH")
    parser.add_argument("--only", nargs="+", default=[], metavar="ID", help="requirements, where * is any text: 'RT-*'")
    parser.add_argument("--level", choices=LEVELS, default="all")
    parser.add_argument("--cgroup", choices=["v1", "hybrid", "v2"], help="what the runtime finds at /sys/fs/cgroup")
    parser.add_argument("--faults", action="store_true", help="also run each check with a broken runtime that it must find")
    parser.add_argument("--keep", metavar="DIR", help="copy the bundle of each failed check there, with a try.sh")
    parser.add_argument("--record", metavar="FILE", help="write the verdicts there, as in conformance/results")
    form = parser.add_mutually_exclusive_group()
    for name in ("json", "junit", "tap"):
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, default="text")
    parser.add_argument("--here", action="store_true", help="no private place: on a machine of which nothing is kept")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.runtime = found(options.runtime)
    for name in ("keep", "record"):
        if getattr(options, name):
            setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


def found(runtime):
    """The absolute path of a runtime that was given by path or by name."""
    path = shutil.which(runtime) or runtime
    if not os.access(path, os.X_OK):
        sys.exit(f"conformance: no program '{runtime}'")
    return os.path.abspath(path)


def run_in_place(options):
    """Runs this command again, in a private place."""
    command = ["setpriv", "--pdeathsig", "TERM", os.path.join(HERE, "engines", "private_place.sh")]
    command += ["--cgroup", options.cgroup] if options.cgroup else []
    command += ["--", sys.executable, os.path.join(HERE, "run"), "--inside", *sys.argv[1:]]
    # A session of its own, so that a Ctrl-C reaches only us.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}) as place:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            return place.wait()
        except BaseException:
            place.terminate()
            place.wait()
            raise


def load_checks():
    """Every chapter adds its checks to the registry; their order is that of the requirements."""
    for module in sorted(module.name for module in pkgutil.iter_modules(checks.__path__)):
        importlib.import_module(f"suite.checks.{module}")
    order = {id: number for number, id in enumerate(requirements())}
    CHECKS.sort(key=lambda check: order[check.ids[0]])


def selected(options):
    for check in CHECKS:
        named = not options.only or any(fnmatch.fnmatchcase(id, pattern) for id in check.ids for pattern in options.only)
        if named and check.level in LEVELS[options.level]:
            yield check


def run_checks(options, chosen, place):
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    runtime, before = Runtime(options.runtime), footprint()
    runner, facts = Runner(runtime, place, options.faults, options.keep), about(runtime)
    if reason := runner.unusable():
        facts["unusable"], chosen = reason, []
        print(f"conformance: no container runs here with this runtime: {reason}", file=sys.stderr)
    outcomes = runner.run(chosen)
    for line in FORMS[options.form](outcomes, facts):
        print(line, flush=True)
    leftovers = left(before)
    for line in leftovers:
        print(f"conformance: left behind: {line}", file=sys.stderr)
    if options.record:
        with open(options.record, "w", encoding="utf-8") as out:
            out.write("\n".join(as_record(outcomes, facts)) + "\n")
    return 0 if succeeded(outcomes) and not leftovers and not reason else 1


def uncovered():
    """Requirements of which the suite says nothing, and ids that are no requirement."""
    known = {id for check in CHECKS for id in check.ids} | set(UNTESTABLE)
    return [id for id in requirements() if id not in known], sorted(known - set(requirements()))
