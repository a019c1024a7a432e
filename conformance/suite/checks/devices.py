"""linux.devices, and the devices that every container has (config-linux.md, "Devices")."""
import os
import stat

from suite.check import check, lifecycle, refused, untestable
from suite.edits import REMOVED
from suite.expectation import compare, look_up, one_of
from suite.faults import spoils
from suite.mounting import file_system
from suite.user_namespace import OWN_USERS, ROOT_OUTSIDE

LIST = "/linux/devices"
NEEDS = "capability:CAP_MKNOD"
# So that the broken runtime of a check can hide what is in /dev.
MAY_MOUNT = {f"/process/capabilities/{name}/-": "CAP_SYS_ADMIN" for name in ("bounding", "permitted", "effective")}
KINDS = {"c": "character device", "u": "character device", "b": "block device", "p": "fifo"}


def device(type="c", path="/dev/conformance", numbers=(1, 3), **others):
    """An entry of linux.devices; by default one that is the null device."""
    return {"type": type, "path": path, **(dict(zip(("major", "minor"), numbers)) if numbers else {}), **others}


def is_there(path, type="c", numbers=(1, 3)):
    """The expectation that a device is there."""
    shown = {f"path[{path}].type": KINDS[type]}
    return {**shown, f"path[{path}].major": numbers[0], f"path[{path}].minor": numbers[1]} if numbers else shown


def give_root(bundle):
    bundle.give_root_to(ROOT_OUTSIDE)


# ---- linux.devices ----

for type, numbers, what in (("c", (1, 3), "a character device"), ("u", (1, 3), "an unbuffered character device"),
                            ("b", (7, 5), "a block device"), ("p", None, "a FIFO, which needs no numbers"),
                            ("c", (10, 1000), "a device with a large minor number")):
    entry = device(type, numbers=numbers)
    check("DV-1 DV-2", what, needs=NEEDS, config={LIST: [entry]}, asks=["path:/dev/conformance"],
          expect=is_there("/dev/conformance", type, numbers))
check("DV-1", "several devices", needs=NEEDS, asks=["path:/dev/one", "path:/dev/two"], expect={**is_there("/dev/one"), **is_there(
    "/dev/two", numbers=(1, 5))}, config={LIST: [device(path="/dev/one"), device(path="/dev/two", numbers=(1, 5))]})
check("DV-1", "a device works", needs=NEEDS, config={LIST: [device(numbers=(1, 7))]}, asks=["write:/dev/conformance=x"],
      expect={"write[/dev/conformance=x]": "ENOSPC"})
check("DV-4", "a device outside of /dev, in a directory that is not there", needs=NEEDS, asks=["path:/opt/deep/null"],
      config={LIST: [device(path="/opt/deep/null")]}, expect=is_there("/opt/deep/null"))
check("DV-5", "fileMode, uid and gid are the device's", needs=NEEDS, asks=["path:/dev/conformance"],
      config={LIST: [device(fileMode=0o640, uid=7, gid=8)]},
      expect={"path[/dev/conformance].mode": 0o640, "path[/dev/conformance].uid": 7, "path[/dev/conformance].gid": 8})
check("DV-5", "no umask takes bits of fileMode away", needs=NEEDS, given={"/process/user/umask": 0o77},
      asks=["path:/dev/conformance"], config={LIST: [device(fileMode=0o666)]}, expect={"path[/dev/conformance].mode": 0o666})
check("DV-1", "a device in a user namespace, at a place where the host has none", needs=NEEDS, given=OWN_USERS, prepare=give_root,
      config={LIST: [device(numbers=(1, 5))]}, asks=["path:/dev/conformance", "open:/dev/conformance"],
      expect={**is_there("/dev/conformance", numbers=(1, 5)), "open[/dev/conformance]": "ok"})
untestable("DV-6", "it concerns the author of config.json: a device that is listed twice")

for name in ("type", "path", "major", "minor"):
    refused("DV-2 VV-1", f"a device without {name}", needs=NEEDS, given={LIST: [device()]}, config={f"{LIST}/0/{name}": REMOVED},
            valid={})
for name, value, what in (("type", "x", "a device of an unknown type"), ("type", "", "a device whose type is empty"),
                          ("major", "1", "a major number that is a text"), ("minor", -1, "a negative minor number"),
                          ("fileMode", -1, "a negative fileMode"), ("uid", "root", "a uid that is a text")):
    refused("DV-2 VV-1", what, needs=NEEDS, given={LIST: [device()]}, config={f"{LIST}/0/{name}": value}, valid={})

# ---- what is at the place of a device ----

THERE = "rootfs/opt/there"


def node(kind, numbers):
    """A function that makes a device in the root file system."""
    def prepare(bundle):
        bundle.make_directory(os.path.dirname(THERE))
        os.mknod(bundle.path(THERE), kind | 0o666, os.makedev(*numbers))
    return prepare


for prepare, what in ((lambda bundle: bundle.file(THERE), "a file"), (lambda bundle: bundle.make_directory(THERE), "a directory"),
                      (node(stat.S_IFCHR, (1, 5)), "a device with another number"),
                      (node(stat.S_IFBLK, (1, 3)), "a block device with these numbers")):
    refused("DV-3", f"{what} is at the place of a device", needs=NEEDS, prepare=prepare,
            config={LIST: [device(path="/opt/there")]}, valid={LIST: [device(path="/opt/other")]})
check("DV-3", "the device itself may be there already", needs=NEEDS, prepare=node(stat.S_IFCHR, (1, 3)), asks=["path:/opt/there"],
      config={LIST: [device(path="/opt/there", fileMode=0o600)]}, expect=is_there("/opt/there"),
      fault=spoils("remove", "/opt/there"))

# ---- default devices ----

DEFAULT = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
for name, numbers in DEFAULT.items():
    path = f"/dev/{name}"
    opened = {"open[/dev/tty]": "ENXIO"} if name == "tty" else {f"open[{path}]": "ok"}  # the process has no terminal
    for given, what in (({}, ""), ({"/mounts": [file_system(type="proc", at="/proc")]}, ", without a mount at /dev")):
        check("DD-1", f"{path} is there{what}", given=given, asks=[f"path:{path}", f"open:{path}"],
              expect={**is_there(path, numbers=numbers), **opened}, fault=spoils("remove", path))
ALL = {"asks": [f"path:/dev/{name}" for name in DEFAULT],
       "expect": {path: value for name, numbers in DEFAULT.items()
                  for path, value in is_there(f"/dev/{name}", numbers=numbers).items()}}
check("DD-1", "the default devices are there beside others", needs=NEEDS, config={LIST: [device()]},
      fault=spoils("remove", "/dev/full"), **ALL)
check("DD-1", "the default devices are there in a user namespace", given={**OWN_USERS, **MAY_MOUNT}, prepare=give_root,
      fault=spoils("mount", "/dev"), **ALL)


def leads_to_ptmx(report, _):
    """A link to the container's pts/ptmx, or a bind mount of it."""
    place, target = report["path"]["/dev/ptmx"], report["path"]["/dev/pts/ptmx"]
    bound = {"path[/dev/ptmx].inode": target.get("inode"), "path[/dev/ptmx].file_system": target.get("file_system")}
    return {"path[/dev/ptmx].target": one_of("pts/ptmx", "/dev/pts/ptmx")} if place.get("type") == "link" else bound


check("DD-3", "/dev/ptmx is the container's pts/ptmx: a link, or a bind mount", asks=["path:/dev/ptmx", "path:/dev/pts/ptmx"],
      expect=leads_to_ptmx, fault=spoils("remove", "/dev/ptmx"))
check("DD-3", "/dev/ptmx gives a new terminal", asks=["open:/dev/ptmx"], expect={"open[/dev/ptmx]": "ok"},
      fault=spoils("remove", "/dev/ptmx"))


@lifecycle("DD-2", "/dev/console is the container's terminal", config={"/process/terminal": True}, asks=["path:/dev/console"],
           given=MAY_MOUNT, fault=spoils("mount", "/dev"))
def _(container):
    container.create_with_terminal().ok()
    container.hold().start().ok()
    report = container.report()
    compare(report, {"terminals": [True] * 3, "path[/dev/console].type": "character device",
                     "path[/dev/console].major": look_up(report, "terminal.major"),
                     "path[/dev/console].minor": look_up(report, "terminal.minor")})
