"""What a container could leave behind on the machine."""
import ctypes
import os
import time

CLONE_NEWNS, MS_REC, MS_PRIVATE, MS_SHARED, PR_SET_CHILD_SUBREAPER = 0x20000, 0x4000, 1 << 18, 1 << 20, 36
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def settle_alone():
    """A mount namespace of our own, shared below as on a host with systemd; orphans become our children."""
    check(libc.unshare(CLONE_NEWNS))
    check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
    check(libc.mount(None, b"/", None, MS_REC | MS_SHARED, None))
    check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def mounts():
    """Without the empty mount namespace, which the first create makes and the machine keeps."""
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        return [line for line in file.read().splitlines() if " /run/berth-empty" not in line]


def cgroup_roots():
    for line in mounts():
        fields = line.split()
        if fields[fields.index("-") + 1] in ("cgroup", "cgroup2"):
            yield fields[4]


def cgroups_of(tag):
    """The directories in any hierarchy that bear the name."""
    return [os.path.join(place, name) for root in cgroup_roots() for place, names, _ in os.walk(root)
            for name in names if tag in name]


def reap():
    """The children that are left, after those that have ended are gone."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return []
    with open("/proc/thread-self/children", encoding="ascii") as file:
        return file.read().split()


def processes_left(patience):
    """Those of our descendants that have not ended then. Which one it was is in its name."""
    end = time.monotonic() + patience
    while pids := reap():
        if time.monotonic() > end:
            return [f"{pid} ({name_of(pid)})" for pid in pids]
        time.sleep(0.002)
    return []


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return "gone"
