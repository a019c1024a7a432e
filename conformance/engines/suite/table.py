"""Several runtimes side by side, as Markdown: how many checks pass, and those that do not pass with all."""


def table(results):
    """results: runtime -> check -> (verdict, detail)."""
    runtimes = list(results)
    names = list(dict.fromkeys(name for checks in results.values() for name in checks))
    lines = [row("checks", *runtimes), row(*["---"] * (len(runtimes) + 1))]
    for engine in dict.fromkeys(name.partition(".")[0] for name in names):
        mine = [name for name in names if name.startswith(engine + ".")]
        lines.append(row(engine, *(sums(results[runtime], mine) for runtime in runtimes)))
    lines += ["", row("not ok with", *runtimes), row(*["---"] * (len(runtimes) + 1))]
    for name in names:
        verdicts = [results[runtime].get(name, ("", ""))[0] for runtime in runtimes]
        if "not ok" in verdicts:
            lines.append(row(f"`{name}`", *verdicts))
    return "\n".join(lines)


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def sums(checks, names):
    verdicts = [checks[name][0] for name in names if name in checks]
    text = f"{verdicts.count('ok')} ok"
    for verdict in ("not ok", "skip"):
        if verdict in verdicts:
            text += f", {verdicts.count(verdict)} {verdict}"
    return text
