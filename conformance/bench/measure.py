"""The measurements of one cgroup layout, in the place that bench.py has made for them."""
import ctypes
import platform

import alike
import counts
import crowd
import lives
import many
import runtimes
from world import World

PR_SET_CHILD_SUBREAPER = 36
LIST_RUNS = 20  # at most: each is beside 300 containers


def measure(options):
    become_subreaper()
    world = World()
    those = runtimes.find(options.berth, options.runtime, options.only, world.place, world.bundles.shared)
    report = {"layout": world.layout, "kernel": platform.release(), "missing": world.missing,
              "profile": {key: world.bundles.profile[key] for key in ("source", "names")},
              "versions": {runtime.name: runtime.version() for runtime in those},
              "quiet": all_bundles(options, those, world)}
    if options.crowded:
        with crowd.Crowd(world.place):
            report["crowded"] = all_bundles(options, those, world)
    return report


def all_bundles(options, those, world):
    return {kind: one_bundle(options, those, kind, world) for kind in options.bundle}


def one_bundle(options, those, kind, world):
    those, refused = lives.willing(those, kind, world)
    floors = [runtime for runtime in those if runtime.floor]
    found = {"refused": refused}
    for berth in (runtime for runtime in those if runtime.name == "berth"):
        found["differences"] = alike.differences(floors, berth, kind, world)
    which, pause, rounds = (those, kind, world), options.pause[0], options.verb_runs
    parts = {
        "run": lambda: {each: lives.measure_run(*which, options.runs, each) for each in options.pause},
        "verbs": lambda: lives.measure_verbs(*which, rounds, pause),
        "counts": lambda: counts.measure_counts(*which),
        "exec": lambda: lives.measure_exec(*which, rounds, pause),
        "throughput": lambda: many.measure_throughput(*which, options.runs),
        "density": lambda: many.measure_density(*which, min(rounds, LIST_RUNS), pause),
    }
    found.update((part, parts[part]()) for part in options.parts)
    return found


def become_subreaper():
    """The first process of a detached container becomes ours to reap, so its end is seen at once."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
