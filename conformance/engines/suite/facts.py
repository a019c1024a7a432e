"""Facts of this machine that decide which checks it cannot show: the conditions of machine.tsv."""
import fnmatch
import os
import re
import shutil
import subprocess

from suite.cgroups import controllers, unified

HERE = os.path.dirname(os.path.abspath(__file__))
SYS_RESOURCE = 24


def has_capability(number):
    with open("/proc/self/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("CapEff:"))
    return bool(int(line.split()[1], 16) >> number & 1)


def version_of(program):
    if not shutil.which(program):
        return ""
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def is_newer(program, major):
    found = re.search(r"version (\d+)\.", version_of(program))
    return bool(found) and int(found[1]) >= major


def without(controller):
    return lambda: controller not in controllers()


FACTS = {
    "always": lambda: True,
    "no sys_resource": lambda: not has_capability(SYS_RESOURCE),
    "v1": lambda: not unified(),
    "v2": unified,
    "no /dev/mqueue": lambda: not os.path.exists("/dev/mqueue"),
    "dockerd 28": lambda: is_newer("dockerd", 28),
    "podman 5, no sys_resource": lambda: is_newer("podman", 5) and not has_capability(SYS_RESOURCE),
    "conmon 2.1.6": lambda: "2.1.6" in version_of("conmon"),
    "no v2 controllers": lambda: unified() and not controllers(),
    "no block io": lambda: not controllers() & {"blkio", "io"},
    **{f"no {name}": without(name) for name in ("memory", "cpu", "cpuset", "pids")},
}


def reasons():
    """(pattern of check names, reason) of the rows of machine.tsv that hold on this machine."""
    with open(os.path.join(HERE, "..", "machine.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [(pattern, reason) for pattern, fact, reason in rows if FACTS[fact]()]


def reason_for(name, rows):
    return next((reason for pattern, reason in rows if fnmatch.fnmatchcase(name, pattern)), None)
