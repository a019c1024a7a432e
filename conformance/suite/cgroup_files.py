"""What the kernel's files say of a container's cgroups, and the checks of which they are the expectation."""
import concurrent.futures
import ctypes
import os
import subprocess

from suite.check import leaves_nothing, lifecycle
from suite.expectation import ABSENT, compare
from suite.faults import ignores_config
from suite.needs import CGROUPS, view
from suite.verdict import Declined

CLONE_NEWNS = 0x00020000


def directories(pid):
    """Controller -> directory of the cgroup of a process; "" is that of version 2."""
    found = {}
    with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="surrogateescape") as lines:
        for _, names, path in (line.rstrip("\n").split(":", 2) for line in lines):
            top = CGROUPS if view() == "v2" else f"{CGROUPS}/{names.removeprefix('name=').partition(',')[0] or 'unified'}"
            found.update({name: top + path for name in names.split(",")})
    return {name: path for name, path in found.items() if os.path.isdir(path)}


def tops():
    """Where hierarchies of cgroups are mounted."""
    return [CGROUPS] if view() == "v2" else sorted(f"{CGROUPS}/{name}" for name in os.listdir(CGROUPS))


def where_hidden(directory, action):
    """What the action returns where a directory is empty: in a thread with a mount namespace of its own."""
    def in_thread():
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        for words in (["--make-rprivate", "/"], ["-t", "tmpfs", "none", directory]):
            subprocess.run(["mount", *words], check=True)
        return action()

    with concurrent.futures.ThreadPoolExecutor(1) as worker:
        return worker.submit(in_thread).result()


def value_of(pid, name):
    """The text of a file like memory.max, of the hierarchy that has the controller; ABSENT if there is no such file."""
    places = directories(pid)
    directory = places.get(name.partition(".")[0], places.get("", ""))
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as source:
            return source.read().strip()
    except OSError:
        return ABSENT


def expect_files(container, files):
    pid = container.pid()
    compare({name: value_of(pid, name) for name in files}, {f"[{name}]": value for name, value in files.items()})


def limit(ids, title, *, config, v1=None, v2=None, given=None, prepare=None, needs=(), since="", fault=ignores_config,
          or_refused=False, converted=True):
    """After create, files of the container's cgroups have these values: one check for each version of cgroups.

    converted: the properties are those of cgroup v1, so with v2 a runtime may refuse them (RS-CONV-1). or_refused: the
    kernel may refuse the value; a create that succeeds must have set it all the same.
    """
    for version, views, files in (("v1", "v1,hybrid", v1), ("v2", "v2", v2)):
        if not files:
            continue

        def action(container, files=files, may_refuse=converted and version == "v2"):
            result = container.create()
            if result.code != 0 and (or_refused or may_refuse):
                leaves_nothing(container)
                if or_refused:
                    return
                raise Declined(str(result))
            result.ok()
            expect_files(container, files)

        controllers = sorted({name.partition(".")[0] for name in files} - {"cgroup"})
        there = [] if or_refused else [f"cgroup_file:{name}" for name in files]
        lifecycle(ids + (" RS-CONV-1" if converted and version == "v2" else ""),
                  title if not v1 or not v2 else f"{title} (cgroup {version})", config=config, given=given,
                  prepare=prepare, since=since, fault=fault,
                  needs=[f"view:{views}", *(f"cgroup:{name}" for name in controllers), *there, *needs])(action)


def disk():
    """The device number of a disk of this machine, as the files of cgroups have it."""
    for name in sorted(os.listdir("/sys/block"), key=lambda name: (name.startswith(("loop", "ram")), name)):
        with open(f"/sys/block/{name}/dev", encoding="ascii") as number:
            return number.read().strip()
    return ""
