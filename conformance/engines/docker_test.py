#!/usr/bin/env python3
"""Does Docker work with this runtime? Starts a real dockerd and looks at what its users see.

    docker_test.py                          build/release/berth
    docker_test.py --runtime /usr/sbin/runc
    docker_test.py --only 'memory,hello'    the checks whose name contains one of these words
    docker_test.py --cgroup hybrid          see private_place.sh

One line a check, `ok|FAILED|skipped NAME`, then `N passed, N failed, N skipped`; exit code 1 when
one failed. Needs root, Debian's docker.io and busybox-static. All of it runs in private_place.sh, so
nothing of dockerd reaches the host; what the runtime leaves behind is a check of its own.
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

from docker_checks import CHECKS, Skip
from docker_engine import Engine, footprint

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PACKAGES = {"dockerd": "docker.io", "docker": "docker.io", "containerd": "containerd",
            "runc": "runc", "busybox": "busybox-static", "ip": "iproute2"}


def main():
    options = parse_arguments()
    if os.geteuid() != 0:
        sys.exit("docker_test: needs root")
    missing = sorted({package for tool, package in PACKAGES.items() if not shutil.which(tool)})
    if missing:
        sys.exit("docker_test: missing: apt-get install --no-install-recommends " + " ".join(missing))
    runtime = os.path.abspath(options.runtime)
    if not os.access(runtime, os.X_OK):
        sys.exit(f"docker_test: no program '{runtime}'")
    if "PLACE" in os.environ and options.inside:
        return run_checks(runtime, options.only)
    return enter_place(runtime, options)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runtime", default=os.path.join(ROOT, "build/release/berth"), metavar="PATH")
    parser.add_argument("--only", default="", metavar="WORD,WORD")
    parser.add_argument("--cgroup", choices=["v1", "hybrid", "v2"])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def enter_place(runtime, options):
    # However we end, private_place is told to end too, and does it in order.
    command = ["setpriv", "--pdeathsig", "TERM", os.path.join(HERE, "private_place.sh")]
    if options.cgroup:
        command += ["--cgroup", options.cgroup]
    command += ["--", sys.executable, os.path.abspath(__file__), "--inside", "--runtime", runtime,
                "--only", options.only]
    environment = {"PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin",
                   "HOME": "/root", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    place = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                             start_new_session=True)  # so that a Ctrl-C reaches only us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return place.wait()
    except BaseException:
        place.terminate()
        place.wait()
        raise


def run_checks(runtime, only):
    words = [word for word in only.split(",") if word]
    counts = {"ok": 0, "FAILED": 0, "skipped": 0}
    with tempfile.TemporaryDirectory(dir=os.environ["PLACE"]) as directory:
        with Engine(directory, runtime) as engine:
            before = footprint(engine)
            for check in CHECKS:
                name = check.__name__
                if not words or any(word in name for word in words):
                    counts[run_one(name, lambda check=check: check(engine))] += 1
            counts[run_one("nothing_is_left_behind", lambda: compare(before, engine))] += 1
    print(f"{counts['ok']} passed, {counts['FAILED']} failed, {counts['skipped']} skipped")
    return 1 if counts["FAILED"] else 0


def run_one(name, check):
    try:
        check()
        verdict, detail = "ok", ""
    except Skip as reason:
        verdict, detail = "skipped", f": {reason}"
    except (AssertionError, subprocess.TimeoutExpired) as error:
        verdict, detail = "FAILED", f": {error}"
    except Exception:  # a broken check must not hide the others
        verdict, detail = "FAILED", ":\n" + traceback.format_exc()
    print(f"{verdict} {name}{detail}", flush=True)
    return verdict


def compare(before, engine):
    """Everything that containers may leave, against what there was before the first one."""
    engine.remove_all()
    engine.wait_until(lambda: not extra_since(before, engine), seconds=10)
    extra = extra_since(before, engine)
    assert not extra, "; ".join(f"{what}: {', '.join(items)}" for what, items in extra.items())


def extra_since(before, engine):
    after = footprint(engine)
    return {what: sorted(after[what] - old) for what, old in before.items() if after[what] - old}


if __name__ == "__main__":
    sys.exit(main())
