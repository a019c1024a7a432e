"""What a machine must have so that a check can be made: KIND:NAME in the `needs` of a check.

A need that is not met makes the verdict "untested", with the reason that its function returns.
"""
import functools
import glob
import os
import re
import subprocess
import subprocess
import threading

from suite import capabilities

CGROUPS = "/sys/fs/cgroup"


def view():
    """What is mounted at /sys/fs/cgroup: v1, hybrid or v2."""
    if os.path.exists(f"{CGROUPS}/cgroup.controllers"):
        return "v2"
    return "hybrid" if os.path.exists(f"{CGROUPS}/unified/cgroup.controllers") else "v1"


def controllers():
    """Controllers that containers can get: v1 hierarchies, or what v2 offers."""
    path = f"{CGROUPS}/cgroup.controllers"
    if not os.path.exists(path):
        return {name for name in os.listdir(CGROUPS) if name != "unified"}
    with open(path, encoding="ascii") as names:
        return set(names.read().split())


def kernel_at_least(version):
    have = tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])
    wanted = tuple(int(part) for part in version.split("."))
    return None if have >= wanted else f"Linux {'.'.join(map(str, have))} is older than {version}"


def cgroup(controller):
    return None if controller in controllers() else f"no cgroup controller {controller} in the view {view()}"


def cgroup_view(names):
    return None if view() in names.split(",") else f"the view of cgroups is {view()}, not {names}"


def cgroup_file(pattern):
    """A file in some cgroup: memory/memory.swap.max for a v1 hierarchy, or its name alone for v2."""
    found = glob.glob(f"{CGROUPS}/{pattern}") or glob.glob(f"{CGROUPS}/*/{pattern}")
    return None if found else f"this kernel has no {pattern} in its cgroups"


def capability(name):
    return None if capabilities.has_capability(name) else f"{name} is not granted on this machine"


def link(kind):
    """A kind of network devices that ip(8) can make."""
    name = f"c{threading.get_ident() % 10**12}"
    try:
        made = subprocess.run(["ip", "link", "add", name, "type", kind], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return "no ip(8) on this machine"
    if made.returncode != 0:
        return f"no network device of type {kind}: {made.stderr.strip()}"
    subprocess.run(["ip", "link", "delete", name], check=True)
    return None


def path(name):
    return None if os.path.exists(name) else f"this machine has no {name}"


def filesystem(name):
    with open("/proc/filesystems", encoding="ascii") as lines:
        known = {line.split()[-1] for line in lines}
    return None if name in known else f"this kernel has no file system {name}"


def security_module(name):
    try:
        with open("/sys/kernel/security/lsm", encoding="ascii") as names:
            known = names.read().split(",")
    except FileNotFoundError:
        known = []
    active = {"apparmor": "/sys/module/apparmor/parameters/enabled", "selinux": "/sys/fs/selinux/enforce"}[name]
    return None if name in known or os.path.exists(active) else f"this kernel runs without {name}"


def permissive_profile():
    """A profile of AppArmor that is loaded and lets a program do everything, or None."""
    with open("/sys/kernel/security/apparmor/profiles", encoding="utf-8") as lines:
        profiles = [line.rstrip().rpartition(" ") for line in lines]
    return next((name for name, _, mode in profiles if mode in ("(unconfined)", "(complain)")), None)


def profile(_):
    return None if permissive_profile() else "no profile of AppArmor is loaded that allows everything"


def linux32(_):
    """Whether the kernel has another machine's name for 32 bit: user-mode Linux has none."""
    names = [subprocess.run([*words, "uname", "-m"], capture_output=True, text=True, check=True).stdout
             for words in ([], ["setarch", "linux32"])]
    return None if names[0] != names[1] else f"this kernel calls the machine {names[0].strip()} for 32 bit programs, too"


def cpus(count):
    return None if len(os.sched_getaffinity(0)) >= int(count) else f"fewer than {count} CPUs"


def realtime(_):
    """Whether processes may have a real-time policy here: a v1 group of the cpu controller may forbid it."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    except OSError as error:
        return f"no real-time scheduling on this machine: {error.strerror}"
    return None


def disk(_):
    return None if os.listdir("/sys/block") else "this machine has no disk"


def mounted(kind):
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as lines:
        return None if any(f" - {kind} " in line for line in lines) else f"no file system {kind} is mounted"


def without(need):
    """The other way round: what is refused only where it is not there."""
    return None if missing(need) else f"this machine has {need.replace(':', ' ')}"


KINDS = {
    "kernel": kernel_at_least, "cgroup": cgroup, "view": cgroup_view, "cgroup_file": cgroup_file,
    "capability": capability, "path": path, "filesystem": filesystem, "lsm": security_module,
    "realtime": realtime, "profile": profile, "linux32": linux32, "link": link, "cpus": cpus, "disk": disk, "mounted": mounted, "without": without,
}


@functools.cache
def missing(need):
    """Why this need is not met here, or None."""
    kind, _, name = need.partition(":")
    return KINDS[kind](name)
