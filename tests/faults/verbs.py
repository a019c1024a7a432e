"""The verbs that are swept, a row each: what comes before, the command, and what its success claims."""
import json
import time
from dataclasses import dataclass
from typing import Callable

LIMITS = ("--pids-limit", "33", "--cpu-share", "512")
LIVES, ENDS = ("sleep", "1000"), ("sh", "-c", "echo hello")


def is_created(box, _output):
    if box.status() != "created":
        return f"state says '{box.status()}'"
    started = box.call("start", box.id)
    return is_running(box, "") if started.returncode == 0 else "start says " + started.stderr.strip()


def is_running(box, _output):
    return "" if box.status() == "running" else f"state says '{box.status()}'"


def is_paused(box, _output):
    if box.status() != "paused":
        return f"state says '{box.status()}'"
    resumed = box.call("resume", box.id)
    return is_running(box, "") if resumed.returncode == 0 else "resume says " + resumed.stderr.strip()


def has_said_hello(box, output):
    return box.what_is_left() if output == "hello\n" else f"the program said '{output}'"


def has_said_hello_in(box, output):
    """Of exec: the container runs on."""
    return is_running(box, "") if output == "hello\n" else f"the program said '{output}'"


def is_gone(box, _output):
    return box.what_is_left()


def is_updated(box, _output):
    left = box.call("update", "--dry-run", *LIMITS, box.id)
    return is_running(box, "") if left.returncode == 0 and left.stdout == "" else f"left: {left.stdout}{left.stderr}"


def is_killed(box, _output):
    end = time.monotonic() + 5
    while box.status() != "stopped":
        if time.monotonic() > end:
            return "it lives"
        time.sleep(0.01)
    return ""


def is_ps(box, output):
    pids = json.loads(output or "null")
    return "" if pids == [box.pid()] else f"ps said {pids}"


def has_line_of_init(box, output):
    lines = [line.split() for line in output.splitlines()]
    return "" if [line[1] for line in lines] == ["PID", str(box.pid())] else f"ps said {lines}"


def is_state(box, output):
    try:
        status = json.loads(output)["status"]
    except (ValueError, KeyError):
        return "no state document"
    return "" if status == "created" else f"state said '{status}'"


@dataclass(frozen=True)
class Verb:
    name: str
    command: tuple       # ID, BUNDLE and PLACE stand for what they are
    claim: Callable      # success: what is not so, in words
    before: tuple = ()   # commands that have succeeded before
    program: tuple = LIVES   # of the container
    with_init: bool = False  # a parked init is there before, and its calls count
    undoes: bool = False     # a failure leaves nothing, without any delete
    waits: bool = False      # its exit code is the program's


CREATE = ("create", "--bundle", "BUNDLE", "--pid-file", "PLACE/pid", "ID")
START = ("start", "ID")
PAUSE = ("pause", "ID")

VERBS = [
    Verb("create", CREATE, is_created, undoes=True),
    Verb("start", START, is_running, before=(CREATE,), with_init=True),
    Verb("run", ("run", "--bundle", "BUNDLE", "ID"), has_said_hello, program=ENDS, undoes=True, waits=True),
    Verb("run-detached", ("run", "--detach", "--bundle", "BUNDLE", "ID"), is_running, undoes=True),
    Verb("exec", ("exec", "ID", *ENDS), has_said_hello_in, before=(CREATE, START), waits=True),
    Verb("exec-detached", ("exec", "--detach", "--pid-file", "PLACE/exec.pid", "ID", "true"), is_running,
         before=(CREATE, START)),
    Verb("pause", PAUSE, is_paused, before=(CREATE, START)),
    Verb("resume", ("resume", "ID"), is_running, before=(CREATE, START, PAUSE)),
    Verb("update", ("update", *LIMITS, "ID"), is_updated, before=(CREATE, START)),
    Verb("kill", ("kill", "ID", "KILL"), is_killed, before=(CREATE, START)),
    Verb("delete", ("delete", "ID"), is_gone, before=(CREATE, START, ("kill", "ID", "KILL"))),
    Verb("delete-force", ("delete", "--force", "ID"), is_gone, before=(CREATE, START)),
    Verb("delete-paused", ("delete", "--force", "ID"), is_gone, before=(CREATE, START, PAUSE)),
    Verb("ps", ("ps", "--format", "json", "ID"), is_ps, before=(CREATE,)),
    Verb("ps-table", ("ps", "ID"), has_line_of_init, before=(CREATE,)),
    Verb("state", ("state", "ID"), is_state, before=(CREATE,)),
]
