"""The limits of berth, and what a report says of them.

A limit compares one figure of berth, at a place of the report, with the one of a floor or of another runtime in
that run, or with a number. CPU time, system calls and memory are stable under load, so `--check` makes an error
of those; wall time is told beside them.
"""

ANY = object()  # each key there
NAME = object()  # berth, or the other
ITSELF_QUIET = "quiet"  # in the tables of the crowded machine: the figure of the quiet one
NUMBER = "number"

# (place of the figure, beside what, at most that many times it, whether --check counts it)
LIMITS = [
    (("run", ANY, NAME, "cpu"), "floor", 1.4, True),
    (("run", ANY, NAME, "wall"), "floor", 1.3, False),
    (("run", ANY, NAME, "wall"), "floor-overlap", 1.5, False),
    (("run", ANY, NAME, "wall"), "crun", 0.45, False),
    (("run", ANY, NAME, "wall"), "runc", 0.15, False),
    (("run", ANY, NAME, "wall"), ITSELF_QUIET, 1.15, False),
    (("run", ANY, NAME, "cpu"), ITSELF_QUIET, 1.15, True),
    (("counts", NAME, "calls"), "floor", 1.6, True),
    (("counts", NAME, "peak"), NUMBER, 1600, True),  # KB
    (("verbs", NAME, ANY, "cpu"), "floor", 1.3, True),
    (("verbs", NAME, ANY, "wall"), "floor", 1.3, False),
    (("throughput", NAME, "8", "each"), "floor-musl", 1.33, False),
    (("density", NAME, "list_each_wall"), NUMBER, 15, False),  # microseconds
    (("density", NAME, "list_each_cpu"), NUMBER, 15, True),
    (("density", NAME, "private"), NUMBER, 500, True),  # KB
]


def compare(report):
    found = []
    for state in ("quiet", "crowded"):
        for kind, parts in report.get(state, {}).items():
            for path, beside, most, counts in LIMITS:
                if (beside == ITSELF_QUIET) != (state == "crowded"):
                    continue
                for place in places(parts, path):
                    ours = at(parts, place, "berth")
                    theirs = {NUMBER: 1, ITSELF_QUIET: at(report["quiet"][kind], place, "berth")}.get(
                        beside, at(parts, place, beside))
                    if ours and theirs:
                        found.append({"what": f"{kind}: {words(place)}" + (f" / {beside}" if beside != NUMBER else ""),
                                      "limit": most, "value": round(ours / theirs, 2),
                                      "counts": counts, "met": ours <= most * theirs})
    return found


def places(parts, path, before=()):
    """The path with each ANY replaced by a key that is there."""
    if not path:
        return [before]
    rest = path[1:]
    if path[0] is not ANY:
        return places(parts, rest, (*before, path[0]))
    inner = at(parts, before, "berth") or {}
    return [each for key in inner for each in places(parts, rest, (*before, key))]


def at(parts, place, name):
    """The figure there, with NAME for that runtime; None if it was not measured."""
    for key in place:
        parts = parts.get(name if key is NAME else key) if isinstance(parts, dict) else None
    return parts


def words(place):
    return " ".join("berth" if key is NAME else key for key in place)
