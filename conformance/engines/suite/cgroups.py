"""The control groups of a process, as files; which controllers there are."""
import os

CGROUPS = "/sys/fs/cgroup"


def unified():
    return os.path.exists(os.path.join(CGROUPS, "cgroup.controllers"))


def controllers():
    """The controllers that this view offers."""
    if not unified():
        return set(os.listdir(CGROUPS))
    with open(os.path.join(CGROUPS, "cgroup.controllers"), encoding="ascii") as file:
        return set(file.read().split())


def paths(pid):
    """Controller (or "name=..."; empty: the unified hierarchy) -> the path of its cgroup."""
    with open(f"/proc/{pid}/cgroup", encoding="ascii") as file:
        fields = [line.strip().split(":", 2) for line in file]
    return {name: path for _, names, path in fields for name in names.split(",")}


def read(pid, controller, v1_name, v2_name):
    """The text of a file of the process's cgroup."""
    if unified():
        path = f"{CGROUPS}{paths(pid)['']}/{v2_name}"
    else:
        path = f"{CGROUPS}/{controller}{paths(pid)[controller]}/{v1_name}"
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def read_unified_of_hybrid(pid, name):
    """The text of a file of the process's v2 cgroup beside the v1 hierarchies; empty where there is none."""
    path = f"{CGROUPS}/unified{paths(pid).get('', '/')}/{name}"
    if not os.path.exists(path):
        return ""
    with open(path, encoding="ascii") as file:
        return file.read()
