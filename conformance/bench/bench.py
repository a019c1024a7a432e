#!/usr/bin/env python3
"""What a container costs: berth, C programs making the bare system calls (floors), crun, runc.

All run the same bundles, in turns, as whole processes; so a loaded machine disturbs all alike, and the ratios
are what to read. The order differs from round to round, because one that follows a large program finds cold
caches, and each is to follow each of the others. Between two there is a pause: a container that has ended
leaves work to the kernel (its network namespace, its cgroups, RCU grace periods), which the next one waits
for, or gains by: the write to cgroup.procs that takes 10 ms on a quiet machine takes none while a grace period
is just over. So `run` is measured with each pause that is given.

    bench.py                            `run`, the verbs and the counts, of three bundles; about five minutes
    bench.py --parts run,counts --runs 20 --bundle docker-like --check        half a minute, for CI
    bench.py --cgroup v1 --cgroup hybrid --cgroup v2 --parts all              everything
    bench.py --crowded                  again with 500 more mounts and 3,000 more threads on the machine
    bench.py --runtime crun-1.29=/usr/local/bin/crun --only floor,berth,crun-1.29
    bench.py --build                    just compiles the floors, for a machine without a compiler (./dev vm)

Needs root. Works in conformance/engines/private_place.sh; nothing stays behind but build/bench.
"""
import argparse
import json
import os
import subprocess
import sys

import limits
import measure
import runtimes
import tables
import timing
from bundles import KINDS

HERE = os.path.dirname(os.path.abspath(__file__))
PRIVATE_PLACE = os.path.join(os.path.dirname(HERE), "engines", "private_place.sh")
PARTS = ["run", "verbs", "counts", "exec", "throughput", "density"]
USUAL_PARTS = "run,verbs,counts"


def main():
    options = parse_arguments()
    if options.inside:
        return measure_here(options)
    runtimes.build()
    if options.build:
        return 0
    if os.geteuid() != 0:
        sys.exit("bench: needs root")
    reports = [in_a_place(view) for view in options.cgroup or [None]]
    for report in reports:
        report["limits"] = limits.compare(report)
    print(json.dumps(reports, indent=2) if options.json else "\n\n".join(map(tables.as_text, reports)))
    alike = not any(parts.get("differences") for report in reports for parts in report["quiet"].values())
    met = alike and all(limit["met"] for report in reports for limit in report["limits"] if limit["counts"])
    return 1 if options.check and not met else 0


def measure_here(options):
    try:
        print(json.dumps(measure.measure(options)))
        return 0
    except timing.Failed as failure:
        sys.exit(f"bench: {failure}")


def in_a_place(view):
    """Runs this program again in namespaces and cgroups of its own, where the report is its output."""
    place = ["bash", PRIVATE_PLACE, *(["--cgroup", view] if view else []), "--"]
    done = subprocess.run([*place, sys.executable, os.path.abspath(__file__), "--inside", *sys.argv[1:]],
                          stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=positive, default=100, help="rounds of `run` (default 100)")
    parser.add_argument("--verb-runs", type=positive, help="rounds of the verbs, of exec (default: runs / 2) and list")
    parser.add_argument("--pause", type=int, action="append", metavar="MS",
                        help="before each run; the first one also before each verb; again: one more (default 0 and 30)")
    parser.add_argument("--bundle", action="append", choices=KINDS, help="again: one more (default: all)")
    parser.add_argument("--cgroup", action="append", choices=["v1", "hybrid", "v2"],
                        help="the layout; again: one more (default: the machine's, of a hybrid one v1)")
    parser.add_argument("--parts", type=parts, default=USUAL_PARTS,
                        help=f"all, or some of {','.join(PARTS)} (default {USUAL_PARTS})")
    parser.add_argument("--berth", default=os.path.join(runtimes.ROOT, "build/release/berth"), metavar="PATH")
    parser.add_argument("--runtime", type=named, action="append", default=[], metavar="NAME=PATH",
                        help="one more runtime; crun and runc are taken when installed")
    parser.add_argument("--only", type=lambda text: text.split(","), metavar="NAME,NAME", help="just these")
    parser.add_argument("--crowded", action="store_true", help="also with 500 more mounts and 3,000 more threads")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true",
                        help="exit with 1 when a limit that counts is exceeded, or a floor is not alike")
    parser.add_argument("--build", action="store_true", help="only compile the floors")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.pause = options.pause or [0, 30]
    options.bundle = options.bundle or KINDS
    if min(options.pause) < 0:
        parser.error(f"--pause: found {min(options.pause)}, allowed: 0 or more")
    options.verb_runs = options.verb_runs or max(1, options.runs // 2)
    return options


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"found {text}, allowed: 1 or more")
    return int(text)


def parts(text):
    found = PARTS if text == "all" else text.split(",")
    if set(found) - set(PARTS):
        raise argparse.ArgumentTypeError(f"found {text}, allowed: all, or some of {','.join(PARTS)}")
    return found


def named(text):
    name, mark, path = text.partition("=")
    if not mark or not os.access(path, os.X_OK):
        raise argparse.ArgumentTypeError(f"found {text}, allowed: NAME=PATH of a program")
    return name, path


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
