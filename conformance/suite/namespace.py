"""Namespaces of the checks: the runtime's own ones, and such as a container can join."""
import os
import subprocess

# Types of the specification -> names in /proc/PID/ns, and words of unshare(1).
NAMES = {"pid": "pid", "network": "net", "mount": "mnt", "ipc": "ipc", "uts": "uts", "user": "user",
         "cgroup": "cgroup", "time": "time"}
UNSHARE = {"network": "--net", "user": "--map-root-user"}


def of_runtime(type):
    """The number of the namespace in which runtimes are called."""
    return os.stat(f"/proc/self/ns/{NAMES[type]}").st_ino


def hold(*types):
    """A function for `prepare`: a process has new namespaces of these types, until the bundle is removed."""
    words = ["unshare", "--fork", "--kill-child", *(UNSHARE.get(type, f"--{type}") for type in types),
             "sh", "-c", "echo; exec sleep infinity"]

    def prepare(bundle):
        holder = bundle.made.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE))
        bundle.made.callback(holder.kill)
        holder.stdout.readline()
        bundle.holder = holder.pid
    return prepare


def path_of(type):
    """For an edit: the path of the held namespace."""
    return lambda bundle: held_path(bundle, type)


def held_path(bundle, type):
    # The process that has called unshare(1) stays; of these two types its child is the first one in the new namespace.
    name = f"{type}_for_children" if type in ("pid", "time") else NAMES[type]
    return f"/proc/{bundle.holder}/ns/{name}"


def held(type):
    """For an edit of linux.namespaces: an entry that joins the held namespace."""
    return lambda bundle: {"type": type, "path": held_path(bundle, type)}


def number_of_held(bundle, type):
    return os.stat(held_path(bundle, type)).st_ino
