"""The document of `features` (features.md, features-linux.md). A runtime may have none."""
import json
import re
import subprocess

from suite.bundle import namespaces
from suite.capabilities import NAMES as CAPABILITIES
from suite.cgroup_files import where_hidden
from suite.check import lifecycle, untestable
from suite.expectation import ABSENT, look_up
from suite.faults import answers
from suite.needs import CGROUPS, view
from suite.runtime import Result
from suite.syscalls import numbers
from suite.verdict import Declined, Failed, holds, same

untestable("FT-4", "it concerns the reader of the document: absent and null say nothing")

# Member -> the names that the specification has for it.
NAMES = {
    "hooks": ("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"),
    "linux.capabilities": CAPABILITIES,
    "linux.seccomp.archs": ["SCMP_ARCH_" + name for name in """X86 X86_64 X32 ARM AARCH64 MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64
        MIPSEL64N32 PPC PPC64 PPC64LE S390 S390X PARISC PARISC64 RISCV64 LOONGARCH64 M68K SH SHEB""".split()],
    "linux.memoryPolicy.modes": ["MPOL_" + name for name in """DEFAULT BIND INTERLEAVE WEIGHTED_INTERLEAVE PREFERRED
        PREFERRED_MANY LOCAL""".split()],
    "linux.memoryPolicy.flags": ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"],
}
BOOLEANS = {
    "FT-6": ["cgroup." + name for name in ("v1", "v2", "systemd", "systemdUser", "rdma")],
    "FT-7": ["seccomp.enabled"],
    "FT-8": ["apparmor.enabled", "selinux.enabled", "intelRdt.enabled", "intelRdt.schemata", "intelRdt.monitoring",
             "mountExtensions.idmap.enabled", "netDevices.enabled"],
}
# Member -> the version of the specification that brought it.
SINCE = {
    **dict.fromkeys(("ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux", "annotations"), "1.1.0"),
    "potentiallyUnsafeConfigAnnotations": "1.2.0",
    **{f"linux.{name}": "1.1.0" for name in ("namespaces", "capabilities", "cgroup", "seccomp", "apparmor", "selinux",
                                             "intelRdt")},
    "linux.mountExtensions": "1.2.0", "linux.netDevices": "1.3.0", "linux.memoryPolicy": "1.3.0",
    "linux.intelRdt.schemata": "1.3.0", "linux.intelRdt.monitoring": "1.3.0",
}


def about(ids, title, path, wrong, **more):
    """For a function that gets the container and the document. path, wrong: the fault is this value there."""
    def add(action):
        @lifecycle(ids, title, fault=answers("features", path, wrong), **more)
        def _(container):
            action(container, features(container))
    return add


def features(container):
    result = container.plain("features")
    if result.code != 0:
        raise Declined(f"no features: {result}")
    return result.document


def value_at(document, path):
    """The value of a member; a member without one says nothing, so there is nothing to check."""
    value = look_up(document, path)
    if value is ABSENT or value is None:
        raise Declined(f"the document has no {path}")
    return value


def version_of(text):
    """A version, to be compared; a pre-release comes before its release."""
    parts = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)(-[^+]*)?(\+.*)?", str(text))
    if not parts:
        raise Failed("a version", repr(text))
    return (*map(int, parts.groups()[:3]), not parts[4])


# ---- the document ----


def says_of_host(runtime, call):
    """Its features depend on what it finds."""
    result = runtime.call(call)
    if call.verb != "features" or result.code != 0:
        return result
    seen = subprocess.run(["ls", CGROUPS], capture_output=True, text=True, check=False).stdout
    return Result(result.words, 0, json.dumps({**result.document, "seen": seen}))


@lifecycle("FT-1", "the document does not depend on what the machine has: it is the same one where no cgroups are mounted",
           fault=says_of_host)
def _(container):
    before = features(container)
    same(where_hidden(CGROUPS, lambda: features(container)), before, "the document without cgroups")


@about("FT-2", "ociVersionMin and ociVersionMax are there, and the second is not less than the first", "ociVersionMax", "0.9.0")
def _(_, document):
    least, most = (document.get(name) for name in ("ociVersionMin", "ociVersionMax"))
    holds(version_of(least) <= version_of(most), "ociVersionMin is at most ociVersionMax", f"{least} and {most}")


for name in ("ociVersionMin", "ociVersionMax"):
    @about("FT-2", f"{name} is accepted as ociVersion", name, "2.0.0")
    def _(container, document, name=name):
        container.another(config={"/ociVersion": document.get(name)}).create().ok()


@about("FT-3", "no member is younger than ociVersionMax", "ociVersionMax", "1.0.0")
def _(_, document):
    most = document.get("ociVersionMax")
    same([path for path,
          since in SINCE.items() if look_up(document, path) is not ABSENT and version_of(since) > version_of(most)], [],
         f"members that {most} of the specification does not have")


# ---- what is recognized ----

for name, known in NAMES.items():
    @about("FT-5", f"{name} has names of the specification", name, ["none"])
    def _(_, document, name=name, known=known):
        same([each for each in value_at(document, name) if each not in known], [], "other names")


def filter_with(action="SCMP_ACT_ERRNO", **more):
    """Edits for a filter; more: of its rule's condition."""
    condition = [{"index": 0, "value": 1, **more}] if more else []
    return {"/linux/seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": [next(iter(sorted(numbers())))], "action": action, "args": condition}]}}


def mount_with(option):
    """A mount with an option; of what takes a bind mount, such a one."""
    is_bind = option in ("bind", "rbind", "copy-symlink", "src-nofollow", "dest-nofollow")
    return {"/mounts/-": {"destination": "/tmp", "type": "none" if is_bind else "tmpfs", "source": "/tmp" if is_bind else "tmpfs",
                          "options": [option, "bind"] if is_bind else [option]}}


# What needs more than its name: mappings of ids, a mount that is there, a listener.
NOT_ALONE = ("idmap", "ridmap", "remount", "SCMP_ACT_NOTIFY", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")
RECOGNIZED = {
    "mountOptions": mount_with,
    "linux.namespaces": lambda name: {"/linux/namespaces": namespaces(*dict.fromkeys(("pid", "mount", "ipc", "uts", name))),
                                      **({f"/linux/{each}Mappings": [{"containerID": 0, "hostID": 0, "size": 1000}]
                                          for each in ("uid", "gid")} if name == "user" else {})},
    "linux.seccomp.actions": filter_with,
    "linux.seccomp.operators": lambda name: filter_with(op=name),
    "linux.seccomp.knownFlags": lambda name: {**filter_with(), "/linux/seccomp/flags": [name]},
    "linux.seccomp.supportedFlags": lambda name: {**filter_with(), "/linux/seccomp/flags": [name]},
}
for name, edits in RECOGNIZED.items():
    @about("FT-7 FT-5" if "Flags" in name else "FT-5", f"each of {name} is accepted", name, ["none"], needs="kernel:5.10")
    def _(container, document, name=name, edits=edits):
        refusals = []
        for each in value_at(document, name):
            if each not in NOT_ALONE:
                other = container.another(config=edits(each))
                result = other.create()
                refusals += [f"{each}: {result.errors.strip()}"] if result.code != 0 else []
                other.clean_up(container.runtime)
                container.beside.remove(other)
        same(refusals, [], f"names of {name} that create does not accept")


# ---- the rest ----

for ids, paths in BOOLEANS.items():
    @about(ids, f"{', '.join(paths)}: true or false", f"linux.{paths[0]}", "yes")
    def _(_, document, paths=paths):
        values = {path: look_up(document, f"linux.{path}") for path in paths}
        same({path: value for path, value in values.items() if not isinstance(value, bool) and value not in (ABSENT, None)}, {},
             "members that are something else")


@about("FT-6", "the version of cgroups in which containers run is one that the document has", "linux.cgroup",
       {"v1": False, "v2": False})
def _(container, document):
    container.another().create().ok()
    versions = value_at(document, "linux.cgroup")
    holds(any(versions.get(name) for name in {"v1": ["v1"], "v2": ["v2"], "hybrid": ["v1", "v2"]}[view()]), f"{view()}: true",
          repr(versions))


@about("FT-7", "supportedFlags are some of knownFlags", "linux.seccomp.knownFlags", [])
def _(_, document):
    known = value_at(document, "linux.seccomp.knownFlags")
    same([name for name in value_at(document, "linux.seccomp.supportedFlags") if name not in known], [],
         "supported and unknown flags")


@about("FT-9", "annotations are texts by name", "annotations", {"a": 1})
def _(_, document):
    holds(all(isinstance(value, str) for value in value_at(document, "annotations").values()), "texts",
          repr(document["annotations"]))


@about("FT-9", "potentiallyUnsafeConfigAnnotations are names", "potentiallyUnsafeConfigAnnotations", [1])
def _(_, document):
    value = value_at(document, "potentiallyUnsafeConfigAnnotations")
    holds(isinstance(value, list) and all(isinstance(name, str) for name in value), "a list of names", repr(value))
