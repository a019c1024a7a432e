"""What containers may leave on the machine, as sets of texts that are compared before and after a run."""
import glob
import os

from suite.bundle import CGROUPS
from suite.container import end_cgroup


def footprint():
    return {"mounts": mounts(), "processes": processes(), "cgroups": cgroups(), "states": set(glob.glob("/run/*/conformance-*"))}


def left(before):
    """Texts for what is there now and was not then; cgroups were busy with dying processes when their containers ended."""
    for path in cgroups() - before["cgroups"]:
        end_cgroup(path)
    for path in glob.glob(f"/sys/fs/cgroup{CGROUPS}") + glob.glob(f"/sys/fs/cgroup/*{CGROUPS}"):
        if not cgroups():
            os.rmdir(path)
    return [f"{what}: {thing}" for what, things in footprint().items() for thing in sorted(things - before[what])]


def mounts():
    """Without the empty mount namespace that berth keeps on a machine, from the first container on."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as lines:
        points = {line.split(" ")[4] for line in lines}
    return {point for point in points if not point.startswith("/run/berth-empty")}


def processes():
    """All that run, except this one, its parent and the threads of the kernel."""
    found = set()
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as stat:
                pid, _, rest = stat.read().partition(" ")
            os.readlink(f"{os.path.dirname(path)}/exe")
        except (FileNotFoundError, ProcessLookupError):
            continue
        name, _, state = rest.rpartition(") ")
        if state[0] != "Z" and int(pid) not in (1, os.getpid(), os.getppid()):
            found.add(f"{pid} {name})")
    return found


def cgroups():
    return {path for top in ("", "/*") for path in glob.glob(f"/sys/fs/cgroup{top}{CGROUPS}/*/")}
