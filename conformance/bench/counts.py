"""What one run is enough for: system calls (of all processes, as strace counts them) and peak memory (of the
largest process). The container runs a program that makes one call, so that nothing here is /bin/true's."""
import os
import shutil

import bundles
from lives import name_of
from timing import timed

PEAKS = 5  # the largest of five: kernels since 6.2 know the size of a process to within some pages for each CPU


def measure_counts(those, kind, world):
    strace = shutil.which("strace")
    report = {}
    for runtime in those:
        peak = max(run_nothing(runtime, kind, world, [])["peak"] for _ in range(PEAKS))
        report[runtime.name] = {"peak": peak, "calls": None}
        if strace:
            output = os.path.join(world.place, "strace")
            run_nothing(runtime, kind, world, [strace, "-f", "-qq", "-c", "-U", "calls,name", "-o", output])
            report[runtime.name]["calls"] = total_of(output)
    return report


def run_nothing(runtime, kind, world, tracer):
    identifier = name_of(runtime, "counted")
    bundle = world.bundles.write(kind, identifier, bundles.NOTHING)
    return timed([*tracer, *runtime.command("run", kind, bundle, identifier, bundles.NOTHING[0])])


def total_of(path):
    """The last line is the sum: `   1056 total`."""
    with open(path, encoding="ascii") as file:
        words = file.read().split()
    return int(words[-2])
