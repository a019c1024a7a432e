"""linux.namespaces and linux.timeOffsets."""
import os

from suite.bundle import namespaces
from suite.check import check, lifecycle, refused
from suite.expectation import other_than
from suite.faults import makes_edits
from suite.namespace import NAMES, held, hold, number_of_held, of_runtime, path_of
from suite.user_namespace import OWN_USERS, ROOT_OUTSIDE
from suite.verdict import same

LIST = "/linux/namespaces"
BASE = ("pid", "mount", "ipc", "uts")
RELEASE = {"time": "1.1.0"}
NEEDS = {"time": "path:/proc/self/ns/time", "user": "path:/proc/self/ns/user", "cgroup": "path:/proc/self/ns/cgroup"}
EASY = ("pid", "network", "ipc", "uts", "cgroup", "time")  # that need nothing else


def rest_of(type):
    """The other ones of a container."""
    return namespaces(*(each for each in BASE if each != type))


def common(type):
    return {"since": RELEASE.get(type, ""), "needs": NEEDS.get(type, ())}


# ---- new, and inherited ----

for type in EASY:
    name = f"namespaces.{NAMES[type]}"
    check("NS-1 NS-4", f"a {type} namespace of its own", given={LIST: rest_of(type)}, config={f"{LIST}/-": {"type": type}},
          expect=lambda *_, name=name, type=type: {name: other_than(of_runtime(type))}, **common(type))
    check("NS-4", f"without {type} in the list, the namespace is the runtime's", config={LIST: rest_of(type)},
          expect=lambda *_, name=name, type=type: {name: of_runtime(type)}, fault={LIST: [*rest_of(type), {"type": type}]},
          **common(type))
check("NS-1 NS-4", "a mount namespace of its own", fault={LIST: rest_of("mount")},
      expect=lambda *_: {"namespaces.mnt": other_than(of_runtime("mount"))})
check("NS-1 NS-4 UM-1", "a user namespace of its own", config=OWN_USERS, prepare=lambda bundle: bundle.give_root_to(ROOT_OUTSIDE),
      needs=NEEDS["user"], expect=lambda *_: {"namespaces.user": other_than(of_runtime("user"))})
check("NS-4", "without user in the list, the namespace is the runtime's", needs=NEEDS["user"],
      expect=lambda *_: {"namespaces.user": of_runtime("user")}, fault=OWN_USERS,
      prepare=lambda bundle: bundle.give_root_to(ROOT_OUTSIDE))


@lifecycle("NS-4", "without mount in the list, the namespace is the runtime's, or that is an error",
           config={LIST: rest_of("mount")}, given={"/mounts": []}, fault=makes_edits({LIST: namespaces(*BASE)}))
def _(container):
    if container.create().code == 0:
        same(os.stat(f"/proc/{container.pid()}/ns/mnt").st_ino, of_runtime("mount"), "the number of the mount namespace")


check("NS-1", "in a pid namespace of its own, the process is the first one", given={LIST: rest_of("pid")},
      config={f"{LIST}/-": {"type": "pid"}}, expect={"pid": 1})
check("NS-1", "in a cgroup namespace of its own, the process's cgroup is the root", config={f"{LIST}/-": {"type": "cgroup"}},
      needs=NEEDS["cgroup"], expect=lambda report, _: {f"cgroups[{name}]": "/" for name in report["cgroups"]})

# ---- joined ----

for type in EASY:
    check("NS-2", f"a {type} namespace is joined by its path", prepare=hold(type), given={LIST: rest_of(type)},
          config={f"{LIST}/-": held(type)}, fault={LIST: namespaces(*BASE, *([type] if type not in BASE else []))},
          expect=lambda _, container, type=type: {f"namespaces.{NAMES[type]}": number_of_held(container.bundle, type)},
          **common(type))
    refused("NS-5 VV-1", f"two {type} namespaces, both new", given={LIST: rest_of(type)}, valid={f"{LIST}/-": {"type": type}},
            config={LIST: [*rest_of(type), *namespaces(type, type)]}, **common(type))
    refused("NS-5 VV-1", f"two {type} namespaces, one new and one joined", given={LIST: [*rest_of(type), {"type": type}]},
            prepare=hold(type), config={f"{LIST}/-": held(type)}, valid={}, **common(type))
check("NS-2", "a user namespace is joined by its path", prepare=hold("user"), config={f"{LIST}/-": held("user")},
      needs=NEEDS["user"], expect=lambda _, container: {"namespaces.user": number_of_held(container.bundle, "user")})
check("NS-2", "a mount namespace is joined by its path", prepare=hold("mount"), given={LIST: rest_of("mount")},
      config={f"{LIST}/-": held("mount")}, fault={LIST: namespaces(*BASE)},
      expect=lambda _, container: {"namespaces.mnt": number_of_held(container.bundle, "mount")})
check("NS-2", "namespaces of several types are joined", prepare=hold("network", "ipc", "uts"),
      given={LIST: namespaces("pid", "mount")}, expect=lambda _, container: {
          f"namespaces.{NAMES[type]}": number_of_held(container.bundle, type) for type in ("network", "ipc", "uts")},
      config={LIST: lambda bundle: namespaces("pid", "mount") + [held(type)(bundle) for type in ("network", "ipc", "uts")]})

# ---- paths that are none ----

for type, other in (("network", "ipc"), ("ipc", "uts"), ("uts", "network"), ("pid", "ipc"), ("mount", "uts"), ("user", "uts"),
                    ("cgroup", "ipc"), ("time", "uts")):
    refused("NS-3", f"the path of an {other} namespace for one of type {type}", prepare=hold(other), given={LIST: rest_of(type)},
            config={f"{LIST}/-": lambda bundle, type=type, other=other: {"type": type, "path": path_of(other)(bundle)}},
            valid={f"{LIST}/-": {"type": type}} if type != "user" else {f"{LIST}/-": {"type": "network"}}, **common(type))
for path, what in (("/etc/hostname", "a file that is no namespace"), ("/proc/self/ns/none", "what is not there"),
                   ("proc/self/ns/net", "a relative path")):
    refused("NS-2 NS-3 VV-1", f"{what} as the path of a namespace", config={f"{LIST}/-": {"type": "network", "path": path}},
            valid={f"{LIST}/-": {"type": "network"}})
for value, what in (({"type": "conformance"}, "a namespace of an unknown type"), ({}, "a namespace without type"),
                    ({"type": ""}, "a namespace whose type is empty")):
    refused("NS-1 VV-1", what, config={f"{LIST}/-": value}, valid={f"{LIST}/-": {"type": "network"}})

# ---- timeOffsets ----

OFFSETS = "/linux/timeOffsets"
TIME = {"since": RELEASE["time"], "needs": NEEDS["time"], "given": {f"{LIST}/-": {"type": "time"}}}
check("TO-1", "timeOffsets are those of the time namespace", **TIME, expect={
    "timens_offsets": [["monotonic", "86400", "7"], ["boottime", "604800", "0"]]},
      config={OFFSETS: {"monotonic": {"secs": 86400, "nanosecs": 7}, "boottime": {"secs": 604800}}})
check("TO-1", "one clock alone", **TIME, config={OFFSETS: {"boottime": {"secs": 1000, "nanosecs": 999999999}}},
      expect={"timens_offsets": [["monotonic", "0", "0"], ["boottime", "1000", "999999999"]]})
check("TO-1", "a clock may be set back", **TIME, config={OFFSETS: {"monotonic": {"secs": -1}}},
      expect={"timens_offsets": [["monotonic", "-1", "0"], ["boottime", "0", "0"]]})
for value, what in (({"realtime": {"secs": 1}}, "a clock without offsets"),
                    ({"monotonic": {"nanosecs": 1000000000}}, "a second of nanoseconds"),
                    ({"monotonic": {"nanosecs": -1}}, "negative nanoseconds"),
                    ({"monotonic": {"secs": "1"}}, "seconds that are a text")):
    refused("TO-1 VV-1", f"timeOffsets: {what}", **TIME, config={OFFSETS: value}, valid={OFFSETS: {"monotonic": {"secs": 1}}})
