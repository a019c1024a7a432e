"""What a container may leave, as sets of texts that are compared before and after.

To be used inside private_place.sh only: it takes the machine's cgroups, mounts and processes for
the engine's.
"""
import os
import re

from suite.cgroups import CGROUPS
from suite.commands import wait_until

RUNTIMES = ("berth", "runc", "crun", "tested")


def footprint(engine):
    return {"container states": states(engine.state_roots()), "cgroups": cgroups(engine),
            "mounts": mounts(), "processes": processes(engine), "network links": links()}


def states(roots):
    """All containers below the runtime's --root directories."""
    found = set()
    for top in roots:
        if os.path.isdir(top):
            # No id begins with a dot: what a runtime keeps there is for all containers.
            found |= {os.path.join(top, name) for name in os.listdir(top) if not name.startswith(".")}
    return found


def default_roots(runtime_directory):
    return [os.path.join(runtime_directory, name) for name in RUNTIMES]


def cgroups(engine):
    """All but those that the engine makes at the first container and keeps."""
    return {directory for directory, _, _ in os.walk(CGROUPS) if not re.search(engine.kept_cgroups, directory)}


def mounts():
    # From the first container on, docker keeps one namespace handle for --network host, and berth one for
    # the empty mount namespace.
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = {line.split()[4] for line in file}
    return {point for point in points if not point.endswith("/netns/default") and not point.startswith("/run/berth-empty")}


def links():
    return set(os.listdir("/sys/class/net"))


def processes(engine):
    """Name and pid (of a daemon that checks restart: the name); not the engine's own commands, nor what
    has ended and waits to be reaped."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                match = re.match(r"\d+ \((.*)\) (\S)", file.read(), re.DOTALL)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if match and match[2] != "Z" and match[1] not in engine.own_commands:
            found.add(match[1] if match[1] in engine.daemons else f"{match[1]} ({pid})")
    return found


def compare(before, engine):
    """Everything that containers may leave, against what there was before the first one."""
    engine.remove_all()
    wait_until(lambda: not extra_since(before, engine), seconds=15)
    extra = extra_since(before, engine)
    assert not extra, "; ".join(f"{len(items)} {what}: {', '.join(items[:5])}" for what, items in extra.items())


def extra_since(before, engine):
    after = footprint(engine)
    return {what: sorted(after[what] - old) for what, old in before.items() if after[what] - old}
