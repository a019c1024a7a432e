"""linux.uidMappings and linux.gidMappings."""
import os

from suite.check import check, lifecycle, refused
from suite.edits import REMOVED
from suite.faults import after
from suite.mounting import bind
from suite.user_namespace import OWN_USERS, ROOT_OUTSIDE, SIZE, mapping
from suite.verdict import same

TWO = {"/linux/uidMappings": [mapping(0, ROOT_OUTSIDE, 1000), mapping(1000, 300000, 10)],
       "/linux/gidMappings": [mapping(0, ROOT_OUTSIDE, 500), mapping(600, 400000, 20)]}


def give_root(bundle):
    bundle.give_root_to(ROOT_OUTSIDE)


check("UM-1", "uidMappings and gidMappings are those of the user namespace", config=OWN_USERS, prepare=give_root,
      expect={"uid_map": [["0", str(ROOT_OUTSIDE), str(SIZE)]], "gid_map": [["0", str(ROOT_OUTSIDE), str(SIZE)]],
              "uids": [0] * 4, "gids": [0] * 4})
check("UM-1", "several ranges, other ones for users and for groups", given=OWN_USERS, config=TWO, prepare=give_root, expect={
    "uid_map": [["0", str(ROOT_OUTSIDE), "1000"], ["1000", "300000", "10"]],
    "gid_map": [["0", str(ROOT_OUTSIDE), "500"], ["600", "400000", "20"]]})
check("UM-1", "process.user is a user of the namespace, and files of the mapped users are theirs", given={
    "/process/user": {"uid": 7, "gid": 8}}, config=OWN_USERS, asks=["path:/theirs"],
      prepare=lambda bundle: (give_root(bundle), os.chown(bundle.file("rootfs/theirs"), ROOT_OUTSIDE + 7, ROOT_OUTSIDE + 8)),
      expect={"uids": [7] * 4, "gids": [8] * 4, "path[/theirs].uid": 7, "path[/theirs].gid": 8})
for which in ("uidMappings", "gidMappings"):
    for name in ("containerID", "hostID", "size"):
        refused("UM-1 VV-1", f"{which} without {name}", given=OWN_USERS, prepare=give_root,
                config={f"/linux/{which}/0/{name}": REMOVED}, valid={f"/linux/{which}": [mapping(0, ROOT_OUTSIDE, SIZE)]})
    for value, what in ((-1, "negative"), (1 << 32, "of more than 32 bits"), ("0", "that is a text")):
        refused("UM-1 VV-1", f"{which} with a hostID {what}", given=OWN_USERS, prepare=give_root,
                config={f"/linux/{which}/0/hostID": value}, valid={f"/linux/{which}/0/hostID": ROOT_OUTSIDE})
    refused("UM-1 VV-1", f"{which} with a size of 0", given=OWN_USERS, prepare=give_root,
            config={f"/linux/{which}/0/size": 0}, valid={f"/linux/{which}/0/size": SIZE})
    refused("UM-1 VV-1", f"{which} with ranges that overlap", given=OWN_USERS, prepare=give_root,
            config={f"/linux/{which}/-": mapping(1, 1, 1)}, valid={f"/linux/{which}/-": mapping(SIZE, 1, 1)})


def owners(bundle):
    """Who owns which file of the root file system, without what runtimes may make in it as mount points."""
    return {path: (os.lstat(path).st_uid, os.lstat(path).st_gid) for path in map(bundle.path, (
        "rootfs", "rootfs/etc", "rootfs/etc/hosts", "rootfs/probe", "rootfs/of-others", "source", "source/file"))}


@lifecycle("UM-2", "the owners of the root file system and of a bind mount's source stay as they were", prepare=lambda bundle: (
    give_root(bundle), bundle.file("rootfs/of-others"), bundle.file("source/file")),
           given={**OWN_USERS, "/mounts/-": bind("bind")},
           fault=after("create", lambda bundle: os.chown(bundle.path("rootfs/of-others"), ROOT_OUTSIDE, ROOT_OUTSIDE)))
def _(container):
    before = owners(container.bundle)
    container.run_to_end()
    container.delete().ok()
    same(owners(container.bundle), before, "the owners of files")
