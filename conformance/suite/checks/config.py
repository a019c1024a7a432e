"""The version, host names, sections of other platforms, unknown and invalid values (config.md)."""
from suite.check import check, lifecycle, refused
from suite.edits import REMOVED
from suite.expectation import matches
from suite.faults import makes_edits, refuses
from suite.verdict import same

VERSION = {"/ociVersion": "1.0.0"}
for value, what in ((REMOVED, "no ociVersion"), ("", "an empty ociVersion"), ("1.0", "a version of two numbers"),
                    ("v1.0.0", "a version with a v"), ("01.0.0", "a version with a leading zero"), (1, "a version that is a number")):
    refused("CF-VER-1 VV-1", what, config={"/ociVersion": value}, valid=VERSION)


def accepted(ids, title, edits):
    """A configuration that a container can be made of, where nothing else can be seen of it."""
    check(ids, title, config=edits, expect={"argv": ["/probe"]}, fault=refuses("create"))


for version in ("1.0.0", "1.0.2-dev", "1.0.0+build.5"):
    accepted("CF-VER-1 CF-VER-2", f"version {version} is accepted", {"/ociVersion": version})
for version in ("1.1.0", "1.2.0", "1.3.0"):
    check("CF-VER-2", f"version {version} is accepted", given={"/ociVersion": version}, expect={"argv": ["/probe"]}, fault=refuses("create"),
          since=version)
refused("CF-VER-2 VV-1", "a version whose major number is another one", config={"/ociVersion": "2.0.0"}, valid=VERSION)

check("CF-HOST-1", "hostname is the container's", config={"/hostname": "named-so"}, expect={"hostname": "named-so"})
check("CF-DOM-1", "domainname is the container's", config={"/domainname": "named.example"}, expect={"domainname": "named.example"}, since="1.1.0")
check("CF-HOST-1", "without hostname the name is not changed", expect=lambda *_: {"hostname": matches(f"^{own_hostname()}$")},
      fault={"/hostname": "other"})


def own_hostname():
    with open("/proc/sys/kernel/hostname", encoding="utf-8") as name:
        return name.read().strip()


@lifecycle("CF-HOST-1", "hostname is set in a UTS namespace that the container joins", asks=["wait"],
           fault=makes_edits({"/linux/namespaces/3": {"type": "uts"}}))
def _(container):
    container.run()
    path = f"/proc/{container.pid()}/ns/uts"
    second = container.another(config={"/hostname": "joined", "/linux/namespaces/3/path": path}, asks=["wait"])
    same(second.run()["hostname"], "joined", "hostname in the joined namespace")
    third = container.another(config={"/linux/namespaces/3/path": path})
    same(third.run()["hostname"], "joined", "hostname of others in that namespace")


for name in ("solaris", "windows", "vm", "zos"):
    accepted("CF-PLAT-1", f"a section {name} may be there", {f"/{name}": {}})

for pointer in ("/unknown", "/process/unknown", "/process/user/unknown", "/process/capabilities/unknown", "/root/unknown", "/mounts/0/unknown",
                "/linux/unknown", "/linux/namespaces/0/unknown", "/linux/resources/unknown", "/hooks/unknown"):
    accepted("EX-1", f"the unknown property {pointer} is ignored", {pointer: {"any": ["thing"]}})

for pointer, value, valid in (
        ("/process", [], None), ("/process/args", "sh", ["/probe"]), ("/process/env", {"A": "1"}, ["A=1"]), ("/process/env", [1], ["A=1"]),
        ("/process/terminal", "yes", False), ("/process/noNewPrivileges", 1, True), ("/process/user", "root", {"uid": 0, "gid": 0}),
        ("/root", "rootfs", {"path": "rootfs"}), ("/root/readonly", "true", True), ("/mounts/-", "proc", None),
        ("/mounts", {}, None), ("/hostname", 5, "five"), ("/linux", [], None), ("/linux/namespaces", {}, None),
        ("/linux/namespaces/-", {"type": "none"}, None), ("/linux/namespaces/-", {}, None), ("/hooks", [], {}),
        ("/annotations", [], {}), ("/linux/resources", 5, {}), ("/linux/rootfsPropagation", "odd", "private")):
    refused("VV-1", f"{pointer}: {value!r} is invalid", config={pointer: value}, valid={} if valid is None else {pointer: valid})
