"""Many containers: how many a second at 1, 2 and 8 at a time, `list` beside 1, 100 and 300 of them, and the
memory that one takes while it waits to be started."""
import statistics
import time

import bundles
from lives import Container, name_of
from timing import in_turns, summary, timed

AT_ONCE = (1, 2, 8)
LISTED = (1, 100, 300)


def measure_throughput(those, kind, world, count):
    """The median of three, in turns: containers a second, and CPU milliseconds of each."""
    report = {runtime.name: {} for runtime in those}
    for at_once in AT_ONCE:
        def once(runtime, number, at_once=at_once):
            mark = name_of(runtime, f"{at_once}x{number}-")
            for each in range(count):
                bundle = world.bundles.write(kind, f"{mark}{each}", bundles.TRUE)
            return timed(runtime.command("run", kind, bundle[:-len(str(count - 1))] + "%", mark + "%"), count, at_once)

        results = in_turns(those, 3, 100, once, warm_up=0)
        for name, samples in results.items():
            report[name][at_once] = {
                "rate": round(statistics.median(count * 1e6 / sample["wall"] for sample in samples), 1),
                "each": round(statistics.median(sample["wall"] for sample in samples) / count),
                "cpu_each": round(statistics.median(sample["cpu"] for sample in samples) / count)}
    return report


def measure_density(those, kind, world, rounds, pause):
    """Of each runtime by itself: `list`, and the memory of the waiting inits, Pss and private; private at the last count."""
    return {runtime.name: density_of(runtime, kind, world, rounds, pause) for runtime in those}


def density_of(runtime, kind, world, rounds, pause):
    waiting, report = [], {"list": {}, "pss": {}}
    try:
        for count in LISTED:
            while len(waiting) < count:
                waiting.append(Container(runtime, kind, world, len(waiting)))
            samples = []
            for _ in range(rounds):
                time.sleep(pause / 1000)
                samples.append(waiting[0].call("list"))
            report["list"][count] = summary(samples)
            memories = [memory_of(each.pid) for each in waiting]
            report["pss"][count] = round(statistics.mean(pss for pss, _ in memories))
            report["private"] = round(statistics.mean(private for _, private in memories))
    finally:
        for each in waiting:
            each.end()
    few, most = LISTED[-2:]
    for figure in ("wall", "cpu"):
        more = report["list"][most][figure] - report["list"][few][figure]
        report["list_each_" + figure] = round(more / (most - few), 1)
    return report


def memory_of(pid):
    sizes = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            name, _, size = line.partition(":")
            if size.endswith("kB\n"):
                sizes[name] = int(size.split()[0])
    return sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"]
