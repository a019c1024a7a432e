"""linux.cgroupsPath, and who owns the container's cgroup (config-linux.md, "Control groups")."""
import contextlib
import os
import signal

from suite.bundle import CGROUPS, namespaces
from suite.cgroup_files import directories, limit, tops, where_hidden
from suite.check import lifecycle, refused
from suite.edits import REMOVED
from suite.faults import after, ignores_config, refuses
from suite.verdict import Declined, holds, same

PATH = "/linux/cgroupsPath"


def own_path(bundle):
    return f"{CGROUPS}/{bundle.id}/deep/down"


def cgroups_of(container):
    """The paths of the cgroups of the container's process that are not those of the runtime's caller."""
    own = set(directories(os.getpid()).values())
    return sorted(path for path in set(directories(container.pid()).values()) - own)


@lifecycle("CG-PATH-1 CG-PATH-2", "an absolute cgroupsPath is below where cgroups are mounted, and what is missing is made",
           config={PATH: own_path}, fault=ignores_config)
def _(container):
    container.create().ok()
    paths = cgroups_of(container)
    holds(paths and all(path.endswith(own_path(container.bundle)) for path in paths),
          f"only cgroups with the path {own_path(container.bundle)}",
          ", ".join(paths))


for value, what in ((f"{CGROUPS}/same", "an absolute"), ("conformance/same", "a relative")):
    @lifecycle("CG-PATH-1 CG-PATH-2", f"the same {what.split()[1]} cgroupsPath is the same place each time", config={PATH: value},
               fault=ignores_config, alone=True)
    def _(container):
        container.create().ok()
        before = cgroups_of(container)
        container.end()
        other = container.another()
        other.create().ok()
        same(cgroups_of(other), before, "the cgroups of the second container")


def make_cgroups(bundle):
    for top in tops():
        os.makedirs(top + own_path(bundle))


@lifecycle("CG-PATH-2", "a cgroup that exists already is used", config={PATH: own_path}, prepare=make_cgroups,
           fault=ignores_config)
def _(container):
    container.create().ok()
    own = {top + own_path(container.bundle) for top in tops()}
    holds(own & set(cgroups_of(container)), "its cgroups are those that were there", ", ".join(cgroups_of(container)))


@lifecycle("RT-DEL-4", "delete leaves a cgroup that existed before create", config={PATH: own_path}, prepare=make_cgroups,
           fault=after("delete", lambda bundle: [os.rmdir(top + own_path(bundle)) for top in tops()]))
def _(container):
    container.run_to_end()
    container.delete().ok()
    own = [top + own_path(container.bundle) for top in tops()]
    same([path for path in own if not os.path.isdir(path)], [], "cgroups that delete has removed, but create has not made")


refused("CG-PATH-2 RT-CREATE-5", "a cgroupsPath below what is no directory", config={PATH: "/cgroup.procs/inner"}, valid={})
limit("CG-PATH-3", "without cgroupsPath the container has a cgroup of its own with its limits (pids)", given={PATH: REMOVED},
      config={"/linux/resources/pids": {"limit": 77}}, v1={"pids.max": "77"}, v2={"pids.max": "77"})


@lifecycle("CG-PATH-3", "without cgroupsPath a container can be created", config={PATH: REMOVED}, fault=refuses("create"))
def _(container):
    same(container.run_to_end()["argv"], ["/probe"], "argv")


def kill_all(bundle):
    """Ends all processes of the cgroup of the container."""
    for top in tops():
        with contextlib.suppress(OSError):
            with open(f"{top}{CGROUPS}/{bundle.id}/cgroup.procs", encoding="ascii") as pids:
                for pid in pids.read().split():
                    os.kill(int(pid), signal.SIGKILL)


@lifecycle("CG-FIT-1", "a container in the cgroup of another one is an error, or both are there and neither harms the other",
           asks=["wait"], fault=after("create", kill_all))
def _(container):
    container.run()
    second = container.another(config={PATH: f"{CGROUPS}/{container.id}"}, asks=["wait"])
    if second.create().code == 0:
        second.hold()
        second.start().ok()
        second.report()
        second.end()
    same(container.status(), "running", "status of the first container")

# ---- the owner ----

USER, OWN, LINE = 1000, "/linux/namespaces/-", "/mounts/-"
CGROUP_NAMESPACE = {OWN: {"type": "cgroup"}}
WRITABLE = {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup"}
READ_ONLY = {**WRITABLE, "options": ["ro"]}
DELEGATE = "/sys/kernel/cgroup/delegate"


def owners(container):
    """Name -> uid, of the files of the container's cgroup of version 2 (or of one of version 1), and of the directory as `.`."""
    directory = cgroups_of(container)[0]
    return {name: os.stat(os.path.join(directory, name)).st_uid for name in [".", *os.listdir(directory)]}


def chowns(names):
    """It gives the user these files of the container's cgroups."""
    def action(bundle):
        for path in (f"{top}{CGROUPS}/{bundle.id}" for top in tops()):
            for name in names(path):
                if os.path.exists(os.path.join(path, name)):
                    os.chown(os.path.join(path, name), USER, USER)
    return after("create", action)


def owner(ids, title, expected, fault, given=None, needs=(), uid=USER, hide=None):
    """expected: the files of the cgroup that are the user's. Only CO-2 says that there have to be any."""
    @lifecycle(ids, title, fault=fault, needs=needs, since="1.1.0",
               given={"/process/user": {"uid": USER, "gid": USER}, **(given or {})},
               prepare=lambda bundle: bundle.make_directory("rootfs/sys/fs/cgroup"))
    def _(container):
        (where_hidden(hide, container.create) if hide else container.create()).ok()
        files = owners(container)
        given_away = sorted(name for name, owner in files.items() if owner == uid)
        if expected() and not given_away and ids != "CO-2":
            raise Declined("the cgroup stays its maker's")
        same(given_away, sorted(set(expected()) & set(files)), "the files of the cgroup that are the user's")


def delegated():
    with open(DELEGATE, encoding="ascii") as names:
        return [".", *names.read().split()]


def nothing():
    return []


FALLBACK = [".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"]
MOUNTED = {**CGROUP_NAMESPACE, LINE: WRITABLE}
owner("CO-1", "with cgroup v1 the cgroup stays root's", nothing, chowns(lambda _: ["."]), MOUNTED, "view:v1,hybrid")
owner("CO-1", "without a cgroup namespace of its own the cgroup stays root's", nothing, chowns(lambda _: ["."]),
      {LINE: WRITABLE}, "view:v2")
owner("CO-2", "without a mount at /sys/fs/cgroup the cgroup stays root's", nothing, chowns(lambda _: ["."]), CGROUP_NAMESPACE,
      "view:v2")
owner("CO-2", "with a read-only mount at /sys/fs/cgroup the cgroup stays root's", nothing, chowns(lambda _: ["."]),
      {**CGROUP_NAMESPACE, LINE: READ_ONLY}, "view:v2")
owner("CO-2", "with a writable mount at /sys/fs/cgroup the directory and the files of /sys/kernel/cgroup/delegate are the user's",
      delegated, chowns(os.listdir), MOUNTED, ["view:v2", f"path:{DELEGATE}"])
owner("CO-3 CO-4",
      "of a cgroup that is the user's the directory and the files of /sys/kernel/cgroup/delegate that exist are, and no others",
      delegated, chowns(os.listdir), MOUNTED, ["view:v2", f"path:{DELEGATE}"])
owner("CO-4", "where the kernel does not say what to give away, it is cgroup.procs, cgroup.subtree_control and cgroup.threads",
      lambda: FALLBACK, chowns(os.listdir), MOUNTED, ["view:v2", f"path:{DELEGATE}"], hide=os.path.dirname(DELEGATE))
owner("CO-3", "in a user namespace the owner is the user of the host that the program's uid maps to", delegated,
      chowns(os.listdir),
      {**MOUNTED, "/linux/uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
       "/linux/gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
       "/linux/namespaces": namespaces("pid", "mount", "ipc", "uts", "user", "cgroup")}, ["view:v2", f"path:{DELEGATE}"],
       uid=100000 + USER)
