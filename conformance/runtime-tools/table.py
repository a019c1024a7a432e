"""The results as text: of one runtime with the reasons, of several side by side."""
import collections
import os

VERDICTS = ("pass", "fail", "deviates", "nothing", "untested")


def as_table(results):
    """results: runtime -> program -> Result."""
    if len(results) == 1:
        (runtime, of_one), = results.items()
        yield from lines_of(of_one)
    else:
        yield from side_by_side(results)
    for runtime, of_one in results.items():
        counts = collections.Counter(result.verdict for result in of_one.values())
        yield f"{runtime}: {len(of_one)} programs: " + ", ".join(f"{counts[name]} {name}" for name in VERDICTS if counts[name])


def lines_of(of_one):
    for name, result in of_one.items():
        yield f"{result.verdict:8} {name}" + (f" ({result.why})" if result.why else "")


def side_by_side(results):
    yield " ".join([f"{'':32}", *(f"{os.path.basename(runtime):9}" for runtime in results)]).rstrip()
    for name in next(iter(results.values())):
        yield " ".join([f"{name:32}", *(f"{of_one[name].verdict:9}" for of_one in results.values())]).rstrip()
    for runtime, of_one in results.items():
        for name, result in of_one.items():
            if result.verdict == "fail":
                yield f"{os.path.basename(runtime)} fails {name}: {result.why}"
