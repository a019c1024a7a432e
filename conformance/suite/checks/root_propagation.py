"""linux.rootfsPropagation."""
from suite.check import berth_deviates, check, lifecycle, refused
from suite.expectation import has, lacks
from suite.faults import makes_edits
from suite.probe import mount_of
from suite.verdict import holds

POINTER = "/linux/rootfsPropagation"
SHOWN = "mounts[/].propagation"

check("RP-1", "shared: the root is in a peer group", config={POINTER: "shared"}, expect={SHOWN: has("shared")},
      fault={POINTER: "private"})
check("RP-1", "slave: the root receives mounts, and propagates none", config={POINTER: "slave"},
      expect={SHOWN: lacks("shared", "private", "unbindable")}, fault={POINTER: "private"})
check("RP-1", "private", config={POINTER: "private"}, expect={SHOWN: ["private"]}, fault={POINTER: "shared"})
check("RP-1", "unbindable", config={POINTER: "unbindable"}, expect={SHOWN: ["unbindable"]}, fault={POINTER: "private"})


def sees_new_mount(container):
    """Whether a mount that is made in the root file system outside appears in the running container."""
    container.run()
    container.bundle.mount("rootfs/tmp", "-t", "tmpfs", "tmpfs")
    with open(f"/proc/{container.pid()}/mountinfo", encoding="utf-8") as lines:
        return "/tmp" in {mount_of(line.rstrip("\n"))["at"] for line in lines}


@lifecycle("RP-1", "slave: a mount that is made outside appears in the container", asks=["wait"], config={POINTER: "slave"},
           fault=makes_edits({POINTER: "private"}))
def _(container):
    holds(sees_new_mount(container), "the new mount, in the container's mountinfo", "no such mount")


@lifecycle("RP-1", "private: a mount that is made outside does not appear in the container", asks=["wait"],
           config={POINTER: "private"}, fault=makes_edits({POINTER: "slave"}))
def _(container):
    holds(not sees_new_mount(container), "no new mount in the container's mountinfo", "the mount")


refused("RP-1 VV-1", "an unknown propagation of the root", config={POINTER: "conformance"}, valid={POINTER: "private"})
refused("RP-1 VV-1", "a recursive propagation of the root, which is none of the four words", config={POINTER: "rprivate"},
        valid={POINTER: "private"})

berth_deviates("RP-1", "a recursive propagation of the root, which is none of the four words")
