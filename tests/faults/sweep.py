#!/usr/bin/env python3
"""Kills berth, or fails one of its system calls, at each point of its verbs; lists what goes wrong.

    sweep.py                               every point of every verb; ./dev faults
    sweep.py --step 7                      every seventh
    sweep.py --verb create --bundle plain  one verb, one bundle; `--kind kill`, `--kind 'kill init'`
    sweep.py --errno EINTR                 no kills; this error from every call that may have it
    sweep.py --verb create --kind 'kill main' --only 133    one point
    sweep.py --berth PATH --jobs 4

After each point `delete --force` has to leave nothing. A command whose call fails has to say so and
leave nothing by itself, or to have done its deed all the same. Exit code 1 when a point is bad.
Needs root and busybox; what a point does stays in namespaces of the sweep.
"""
import argparse
import collections
import multiprocessing
import os
import sys
import tempfile

import box
import bundles
import census
import kinds
import point
from verbs import VERBS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
place = None  # of this worker


def main():
    options = parse_arguments()
    if os.geteuid() != 0:
        sys.exit("faults: needs root")
    rows = [(verb, bundle, kind) for verb in VERBS for bundle in bundles.BUNDLES for kind in kinds_of(options)
            if wants(options, verb, bundle, kind)]
    counts, bad = collections.OrderedDict(), []
    with tempfile.TemporaryDirectory(prefix="berth-faults-") as top:
        os.chmod(top, 0o755)
        with multiprocessing.Pool(options.jobs, begin, (options, top)) as pool:
            for row, number, result in pool.imap_unordered(try_point, list(points(pool, rows, options))):
                tally = counts.setdefault(row, collections.Counter())
                if not result.was_hit:
                    continue
                tally["points"] += 1
                tally.update(result.findings.keys())
                if result.findings:
                    bad.append((row, number, result))
                    print_bad(*bad[-1])
            pool.close()
            pool.join()
    print_counts(counts, rows)
    return 1 if bad or not counts else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--berth", default=os.environ.get("BERTH") or os.path.join(ROOT, "build/release/berth"),
                        metavar="PATH")
    parser.add_argument("--fault", default=os.path.join(ROOT, "build/debug/tests/berth-fault"), metavar="PATH",
                        help="the program that lets a call go wrong")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--verb", metavar="VERB")
    parser.add_argument("--bundle", choices=bundles.BUNDLES)
    parser.add_argument("--kind", metavar="WORDS")
    parser.add_argument("--errno", metavar="ERROR")
    parser.add_argument("--only", type=int, metavar="POINT")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.berth, options.fault = os.path.abspath(options.berth), os.path.abspath(options.fault)
    if options.verb and options.verb not in [verb.name for verb in VERBS]:
        parser.error("--verb is one of " + ", ".join(verb.name for verb in VERBS))
    return options


def kinds_of(options):
    return kinds.fails(options.errno) if options.errno else kinds.KILLS + kinds.fails("believable")


def wants(options, verb, bundle, kind):
    return ((not options.verb or verb.name == options.verb) and (not options.bundle or bundle == options.bundle)
            and (not options.kind or options.kind in kind.name))


def points(pool, rows, options):
    """Every point of every row: a run without a fault says how many there are."""
    counted = pool.map(try_point, [(row, 0, options.fault) for row in rows], chunksize=1)
    for row, _, result in counted:
        numbers = [options.only] if options.only else range(1, result.calls + 1, options.step)
        for number in numbers:
            yield row, number, options.fault


def begin(options, top):
    global place
    census.settle_alone()
    directory = tempfile.mkdtemp(dir=top)
    os.chmod(directory, 0o755)
    place = box.Place(options.berth, directory)


def try_point(task):
    row, number, fault = task
    verb, bundle, kind = row
    name = f"{bundle},{verb.program[0]}"
    if name not in place.bundles:
        place.bundles[name] = bundles.make(place.berth, place.directory, name, verb.program)
    return row, number, point.run_point(fault, place, place.bundles[name], verb, kind, number)


def print_bad(row, number, result):
    verb, bundle, kind = row
    print(f"{verb.name}, {bundle}, {kind.name}, point {number}, {result.where}")
    for what, words in result.findings.items():
        print(f"    {what}: {words}", flush=True)


def print_counts(counts, rows):
    width = max(len(kind.name) for _, _, kind in rows)
    print(f"\n{'verb':13} {'bundle':12} {'kind':{width}} {'points':>6} " + " ".join(point.FINDINGS))
    for row in rows:
        tally = counts.get(row, collections.Counter())
        numbers = " ".join(f"{tally[column]:{len(column)}}" for column in point.FINDINGS)
        print(f"{row[0].name:13} {row[1]:12} {row[2].name:{width}} {tally['points']:6} {numbers}")
    whole = sum(counts.values(), collections.Counter())
    print(f"{whole['points']} points: " + ", ".join(f"{whole[column]} {column}" for column in point.FINDINGS))


if __name__ == "__main__":
    sys.exit(main())
