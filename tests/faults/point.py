"""One point of a sweep: one command, one fault, and everything that is wrong afterwards."""
import os
import re
import subprocess
from dataclasses import dataclass, field

from box import PATIENCE, Box


FINDINGS = ["leak", "not undone", "false success", "hang", "silent", "died", "unasked"]


@dataclass
class Result:
    calls: int
    was_hit: bool
    where: str = ""
    findings: dict = field(default_factory=dict)  # one of FINDINGS -> words


class Report(dict):
    """What berth-fault has written: a name and its value on each line."""

    def __init__(self, path):
        with open(path, encoding="utf-8", errors="replace") as file:
            super().__init__(line.rstrip("\n").split(" ", 1) for line in file)
        os.unlink(path)


def run_point(fault_program, place, bundle, verb, kind, number):
    """Number 0 lets nothing go wrong, and counts."""
    box = Box(place, bundle)
    for words in verb.before:
        done = box.call(*words)
        if done.returncode != 0:
            result = Result(0, True, "no fault yet", {"unasked": f"{words[0]} fails: {done.stderr.strip()}"})
            clean_up(result, box)
            return result
    report, out, err = run_faulty(fault_program, box, verb, kind, number)
    result = Result(int(report["calls"]), report["hit"] == "1")
    result.where = f"{report['process']}: {report['call']} {report['subject']}".strip()
    if result.was_hit:
        judge(result, box, verb, kind, report, out, err)
    clean_up(result, box)
    return result


def run_faulty(fault_program, box, verb, kind, number):
    path = os.path.join(box.place.directory, "report")
    words = [fault_program, "--report", path, "--process", kind.process, "--patience", str(PATIENCE), *kind.deed]
    if number:
        words += ["--at", str(number)]
    if verb.with_init:
        words += ["--attach", str(box.pid())]
    texts = [os.path.join(box.place.directory, name) for name in ("faulty-out", "faulty-err")]
    with open(texts[0], "w", encoding="utf-8") as out, open(texts[1], "w", encoding="utf-8") as err:
        subprocess.run(words + ["--"] + box.argv(*verb.command), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                       check=False, timeout=2 * PATIENCE)
    contents = []
    for text in texts:
        with open(text, encoding="utf-8", errors="replace") as file:
            contents.append(file.read())
    return Report(path), *contents


def judge(result, box, verb, kind, report, out, err):
    status = int(report["status"])
    code, signal = status >> 8, status & 0x7f
    was_killed = not kind.fails and kind.process != "init"
    if report["late"] == "1":
        result.findings["hang"] = "in call " + report["waits"].split(" ")[0]
    elif signal and not was_killed:
        result.findings["died"] = f"of signal {signal}: {err.strip()}"
    elif code and not err.strip() and (kind.fails or not verb.waits):
        result.findings["silent"] = f"status {code}"
    elif code and kind.fails and verb.undoes and (left := box.what_is_left()) and not is_told(left, err):
        result.findings["not undone"] = f"{left} ({err.strip()})"
    elif not code and kind.fails and (wrong := verb.claim(box, out)):
        result.findings["false success"] = wrong


def is_told(left, err):
    """A directory that has lost its id and all it spoke of, and is named: the next command removes it."""
    found = re.fullmatch(r"state (\.old\.\d+)", left)
    return bool(found) and found.group(1) in err


def clean_up(result, box):
    done = box.call("delete", "--force", box.id)
    left = box.what_is_left()
    if done.returncode != 0:
        left = f"delete --force says {done.returncode}, {done.stderr.strip()}; {left}"
    if left:
        result.findings["leak"] = left
        box.sweep_up()
