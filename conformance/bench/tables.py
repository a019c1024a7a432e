"""A report as text. Times are microseconds, medians unless they say otherwise."""

AGAINST = ["floor", "floor-overlap", "crun"]


def as_text(report):
    profile = report["profile"]
    lines = [f"cgroup layout {report['layout']}, Linux {report['kernel']}; seccomp profile: "
             f"{profile['names']} names, {profile['source']}"]
    if report["missing"]:
        lines.append(f"docker-like has no limits of {', '.join(report['missing'])}: this layout lacks the controllers")
    lines += [f"  {runtime}: {version}" for runtime, version in report["versions"].items()]
    for state in ("quiet", "crowded"):
        for kind, parts in report.get(state, {}).items():
            quiet = report["quiet"][kind] if state == "crowded" else None
            lines += bundle(kind if state == "quiet" else f"{kind}, crowded", parts, quiet)
    lines += ["", "limits"]
    for limit in report["limits"]:
        verdict = "met" if limit["met"] else "EXCEEDED" if limit["counts"] else "exceeded"
        lines.append(f"  {limit['what']}: {limit['value']:g} (at most {limit['limit']:g}) {verdict}")
    return "\n".join(lines)


def bundle(title, parts, quiet):
    lines = ["", f"== {title}"]
    lines += [f"  {name} does not run it: {reason}" for name, reason in parts["refused"].items()]
    lines += [f"  NOT ALIKE: {difference}" for difference in parts.get("differences", [])]
    for pause, values in parts.get("run", {}).items():
        before = quiet["run"][pause] if quiet else None
        lines += costs(f"run of /bin/true, {samples(values)} each in turns, {pause} ms between", values, before)
    if "counts" in parts:
        lines += counted(parts["counts"])
    if "verbs" in parts:
        lines += verbs(parts["verbs"])
    if "exec" in parts:
        lines += costs(f"exec of /bin/true, {samples(parts['exec'])} each in turns", parts["exec"], None)
    if "throughput" in parts:
        lines += throughput(parts["throughput"])
    if "density" in parts:
        lines += density(parts["density"])
    return lines


def samples(values):
    return next(iter(values.values()))["samples"]


def row(name, cells):
    return f"  {name:16}" + "".join(f"{cell if cell is not None else '-':>12}" for cell in cells)


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if ours and theirs else None


def costs(title, values, before):
    """`before` are the figures of the quiet machine, which stand beside those of the crowded one."""
    others = [name for name in AGAINST if name in values]
    heads = ["wall", "p90", "cpu", "switches", "faults", *["x " + name.replace("floor-", "") for name in others],
             *["cpu x floor"] * ("floor" in values), *["x quiet", "cpu x quiet"] * bool(before)]
    lines = ["", f"  {title}", row("", heads)]
    for name, value in values.items():
        cells = [value["wall"], value["p90"], value["cpu"], value["switches"], value["faults"]]
        cells += [ratio(value["wall"], values[other]["wall"]) for other in others]
        if "floor" in values:
            cells.append(ratio(value["cpu"], values["floor"]["cpu"]))
        if before:
            cells += [ratio(value[figure], before[name][figure]) for figure in ("wall", "cpu")]
        lines.append(row(name, cells))
    return lines


def counted(values):
    lines = ["", "  run of a program that does nothing: system calls, peak memory in KB", row("", ["calls", "peak"])]
    lines += [row(name, [value["calls"], value["peak"] or None]) for name, value in values.items()]
    if any(value["calls"] is None for value in values.values()):
        lines.append("  not counted: strace is not installed")
    return lines


def verbs(values):
    lines = []
    heads = list(next(iter(values.values())))
    for figure in ("wall", "cpu"):
        lines += ["", f"  the verbs one by one, {figure}, {samples(next(iter(values.values())))} each", row("", heads)]
        lines += [row(name, [value[verb][figure] for verb in heads]) for name, value in values.items()]
    return lines


def throughput(values):
    heads = list(next(iter(values.values())))
    titles = [*heads, *[f"cpu at {each}" for each in heads]]
    lines = ["", "  containers a second, so many at a time; and CPU of each", row("", titles)]
    lines += [row(name, [*[value[each]["rate"] for each in heads], *[value[each]["cpu_each"] for each in heads]])
              for name, value in values.items()]
    return lines


def density(values):
    heads = list(next(iter(values.values()))["list"])
    titles = [*[f"list {each}" for each in heads], "each more", "its cpu", *[f"Pss at {each}" for each in heads], "private"]
    lines = ["", "  so many containers that wait to be started: list, and KB of each one's first process", row("", titles)]
    lines += [row(name, [*[value["list"][each]["wall"] for each in heads], value["list_each_wall"], value["list_each_cpu"],
                         *[value["pss"][each] for each in heads], value["private"]])
              for name, value in values.items()]
    return lines
