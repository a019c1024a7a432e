#!/usr/bin/env python3
"""Do container engines work with this runtime? Starts real ones and looks at what their users see.

    engines_test.py                              build/release/berth with all engines
    engines_test.py --runtime /usr/sbin/runc     another runtime; several (--runtime A --runtime B) are
                                                 put through one after the other, and compared in a table
    engines_test.py --engine docker,podman       only these engines
    engines_test.py --only 'memory,pause'        the checks whose name contains one of these words
    engines_test.py --cgroup hybrid              what the engines find at /sys/fs/cgroup
    engines_test.py --engines sid                the engines of another Debian, which is made once, in
                                                 $BERTH_ENGINES_CACHE (/var/cache/berth-engines)
    engines_test.py --engine long,long-pods      the long runs (about half an hour); no engine's by default

One line a check, `ok NAME`, `not ok NAME: why` or `skip NAME: why`, then a summary; the exit code is 1
if one failed. Rows of machine.tsv are skipped, with their reason, on machines that cannot show them
(--try-all: not even then). Needs root. Each engine runs in a private place (private_place.sh), so
nothing of it reaches the host; what the runtime leaves behind there is a check of its own.
"""
import argparse
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys

sys.dont_write_bytecode = True  # of root, in a user's tree
from debian_root import debian_root
from suite.report import VERDICTS, run_engine
from suite.table import table

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# Engine -> the module and class that start it.
ENGINES = {
    "docker": ("docker.engine", "Docker"),
    "containerd": ("containerd.engine", "Containerd"),
    "podman": ("podman.engine", "Podman"),
    "rootless": ("podman.engine", "Rootless"),
    "long": ("long_runs.engine", "LongDocker"),
    "long-pods": ("long_pods.engine", "LongPods"),
}
# Program -> its Debian package: for all engines, and for each.
TOOLS = {"busybox": "busybox-static", "ip": "iproute2", "curl": "curl"}
PODMAN = {"podman": "podman", "conmon": "conmon", "tini-static": "tini", "/usr/lib/podman/netavark": "netavark",
          "iptables": "iptables"}
CONTAINERD = {"containerd": "containerd", "ctr": "containerd", "/usr/lib/cni/bridge": "containernetworking-plugins"}
TOOLS_OF = {
    "docker": {"dockerd": "docker.io", "docker": "docker.io", "containerd": "containerd"},
    "containerd": CONTAINERD,
    "long-pods": CONTAINERD,
    "podman": PODMAN,
    "long": {"dockerd": "docker.io", "docker": "docker.io", "containerd": "containerd"},
    "rootless": {**PODMAN, "newuidmap": "uidmap", "slirp4netns": "slirp4netns"},
}


def main():
    options = parse_arguments()
    if os.geteuid() != 0:
        sys.exit("engines_test: needs root")
    if options.inside:
        return run_inside(options)
    if not options.engines:
        check_packages(options.engine)
    results = {}
    for runtime in map(found, options.runtime or [os.path.join(ROOT, "build/release/berth")]):
        results[os.path.basename(runtime)] = run_all(runtime, options)
    if len(results) > 1:
        print("\n" + table(results))
    return 1 if any(verdict == "not ok" for checks in results.values() for verdict, _ in checks.values()) else 0


def found(runtime):
    """The absolute path of a runtime that was given by path or by name."""
    path = shutil.which(runtime) or runtime
    if not os.access(path, os.X_OK):
        sys.exit(f"engines_test: no program '{runtime}'")
    return os.path.abspath(path)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runtime", action="append", metavar="PATH")
    parser.add_argument("--engine", default=",".join(name for name in ENGINES if not name.startswith("long")), metavar="NAME,NAME", help=", ".join(ENGINES))
    parser.add_argument("--engines", metavar="RELEASE", help="a release of Debian, such as sid or trixie")
    parser.add_argument("--only", default="", metavar="WORD,WORD")
    parser.add_argument("--cgroup", choices=["v1", "hybrid", "v2"])
    parser.add_argument("--try-all", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = set(options.engine.split(",")) - set(ENGINES)
    if unknown:
        parser.error(f"no engine {', '.join(unknown)}; there are {', '.join(ENGINES)}")
    return options


def check_packages(engines):
    wanted = dict(TOOLS)
    for engine in engines.split(","):
        wanted.update(TOOLS_OF[engine])
    missing = sorted({package for tool, package in wanted.items() if not shutil.which(tool)})
    if missing:
        sys.exit("engines_test: missing: apt-get install --no-install-recommends " + " ".join(missing))


# ---- outside -----------------------------------------------------------------------------------------


def run_all(runtime, options):
    """Puts a runtime through the engines. Returns check -> (verdict, detail)."""
    results = {}
    for engine in options.engine.split(","):
        code = run_in_place(engine, runtime, options, results)
        if code not in (0, 1):
            results[f"{engine}.private_place"] = ("not ok", f"exit code {code}")
            print(f"not ok {engine}.private_place: exit code {code}", flush=True)
    verdicts = [verdict for verdict, _ in results.values()]
    print(f"{os.path.basename(runtime)}: " + ", ".join(f"{verdicts.count(each)} {each}" for each in VERDICTS), flush=True)
    return results


def run_in_place(engine, runtime, options, results):
    """Runs one engine's checks, prints their lines and collects them."""
    # However we end, private_place is told to end too, and does it in order.
    command = ["setpriv", "--pdeathsig", "TERM", os.path.join(HERE, "private_place.sh")]
    if options.cgroup:
        command += ["--cgroup", options.cgroup]
    if options.engines:
        command += ["--root", debian_root(options.engines)]
    command += ["--", "python3" if options.engines else sys.executable, os.path.abspath(__file__), "--inside", "--engine", engine,
                "--runtime", runtime, "--only", options.only] + ["--try-all"] * options.try_all
    environment = {"PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin",
                   "HOME": "/root", "SERVICE_ROOT": os.environ.get("SERVICE_ROOT", ""), "SHOWN": runtime, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    # A session of its own, so that a Ctrl-C reaches only us.
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          start_new_session=True) as place:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            for line in place.stdout:
                print(line, end="", flush=True)
                if match := re.match(f"({'|'.join(VERDICTS)}) ([^ :]+)(?:: (.*))?$", line):
                    results[match[2]] = (match[1], match[3] or "")
            return place.wait()
        except BaseException:
            place.terminate()
            place.wait()
            raise


# ---- inside the private place --------------------------------------------------------------------------


def run_inside(options):
    place = os.environ["PLACE"]
    os.environ["TMPDIR"] = os.path.join(place, "tmp")
    os.mkdir(os.environ["TMPDIR"], 0o1777)
    os.chmod(os.environ["TMPDIR"], 0o1777)
    module, name = ENGINES[options.engine]
    engine = getattr(importlib.import_module(module), name)
    return run_engine(engine(os.path.join(place, "engine"), copy_of(options.runtime[0], place)), options)


def copy_of(runtime, place):
    """The runtime where every user of the place may execute it."""
    os.mkdir(os.path.join(place, "bin"))
    return shutil.copy(runtime, os.path.join(place, "bin", os.path.basename(runtime)))


if __name__ == "__main__":
    sys.exit(main())
