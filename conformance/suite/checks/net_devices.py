"""linux.netDevices. The devices are ends of cables (veth) in the runtime's network namespace; their other ends stay."""
import os
import subprocess

from suite.check import check, lifecycle, refused
from suite.expectation import has
from suite.faults import after
from suite.namespace import held, held_path, hold
from suite.verdict import holds

POINTER = "/linux/netDevices"
NETWORK = {"/linux/namespaces/-": {"type": "network"}}
COMMON = {"since": "1.3.0", "needs": "link:veth"}
V4, V6 = "192.0.2.7/24", "2001:db8::7/64"


def ip(*words, inside=None):
    """Calls ip(8), in another network namespace if its path is given. Returns whether it did it."""
    enter = ["nsenter", f"--net={inside}"] if inside else []
    return subprocess.run([*enter, "ip", *words], check=False, capture_output=True).returncode == 0


def name_of(bundle, number=0):
    """The bundle's devices have names of their own."""
    return f"c{bundle.id.rpartition('-')[2]}n{number}"


def two_cables(bundle):
    """The first device has all that can be kept, and the second one nothing."""
    first, second = name_of(bundle), name_of(bundle, 1)
    for name in (first, second):
        holds(ip("link", "add", name, "type", "veth", "peer", "name", f"{name}p"), f"a network device {name}", "none")
        bundle.made.callback(ip, "link", "delete", f"{name}p")
    for words in (("link", "set", first, "mtu", "1400", "address", "02:00:00:00:00:17"), ("address", "add", V4, "dev", first),
                  ("-6", "address", "add", V6, "dev", first, "nodad")):
        holds(ip(*words), f"ip {' '.join(words)} works", "an error")


def is_here(name):
    """Whether the device is in the runtime's network namespace."""
    return os.path.exists(f"/proc/sys/net/ipv4/conf/{name}")


def devices(*values):
    """For an edit: linux.netDevices with these values of the bundle's devices."""
    return lambda bundle: {name_of(bundle, number): value for number, value in enumerate(values)}


def moved(ids, title, *values, expect, asks=("interface:eth7",)):
    check(ids, title, **COMMON, given=NETWORK, prepare=two_cables, asks=asks, config={POINTER: devices(*values)}, expect=expect)


moved("ND-1", "a device is moved into the container's network namespace, and keeps its name", {},
      asks=["list:/proc/sys/net/ipv4/conf"],
      expect=lambda _, container: {"list[/proc/sys/net/ipv4/conf]": has(name_of(container.bundle))})
moved("ND-1", "name is the device's name in the container", {"name": "eth7"}, expect={"interface[eth7].mtu": 1400})
moved("ND-1", "several devices are moved", {"name": "eth7"}, {"name": "eth6"}, asks=["interface:eth7", "interface:eth6"],
      expect={"interface[eth7].mtu": 1400, "interface[eth6].mtu": 1500})
moved("ND-3", "permanent addresses of global scope are kept, of both families", {"name": "eth7"},
      expect={"interface[eth7].addresses": has(V4, V6)})
moved("ND-3", "the hardware address and the MTU are kept", {"name": "eth7"},
      expect={"interface[eth7].mtu": 1400, "interface[eth7].hardware_address": "02:00:00:00:00:17"})
moved("ND-4", "the device is up afterwards", {"name": "eth7"}, expect={"interface[eth7].up": True})
moved("ND-2", "a name that ends with %d gets a number", {"name": "net%d"}, {"name": "net%d"},
      asks=["interface:net0", "interface:net1"], expect={"interface[net0].up": True, "interface[net1].up": True})

for ids, value, what in (
        ("ND-1", {"none": {}}, "a device that is not there"),
        ("ND-1", {"lo": {"name": "eth7"}}, "a device that cannot be moved"),
        ("ND-2", devices({"name": "lo"}), "a new name that is taken in the container"),
        ("ND-2", devices({"name": "eth7"}, {"name": "eth7"}), "one name for two devices"),
        ("ND-1 VV-1", devices({"name": "a/b"}), "a name with a slash"),
        ("ND-1 VV-1", devices({"name": ".."}), "the name '..'"),
        ("ND-1 VV-1", devices({"name": "of-sixteen-bytes"}), "a name of 16 bytes"),
        ("ND-1 VV-1", devices({"name": 7}), "a name that is a number")):
    refused(ids, f"netDevices: {what}", **COMMON, given=NETWORK, prepare=two_cables, config={POINTER: value},
            valid={POINTER: devices({"name": "eth8"})})


def prepare_to_join(bundle):
    two_cables(bundle)
    hold("network")(bundle)


def move_back(bundle):
    ip("link", "set", "eth7", "netns", str(os.getpid()), inside=held_path(bundle, "network"))


@lifecycle("ND-5", "after delete, the device stays in the network namespace that the container had joined", **COMMON,
           given={"/linux/namespaces/-": held("network")}, prepare=prepare_to_join, config={POINTER: devices({"name": "eth7"})},
           fault=after("delete", move_back))
def _(container):
    container.run_to_end()
    container.delete().ok()
    joined = held_path(container.bundle, "network")
    holds(ip("link", "show", "eth7", inside=joined), "eth7 in the joined namespace", "no such device")
    holds(not is_here(name_of(container.bundle)), "no device in the runtime's namespace", "the device")
