"""Mounts with mappings of ids (config.md, "Linux mount options" and "POSIX-platform Mounts")."""
import os

from suite.check import check, lifecycle, refused
from suite.edits import REMOVED
from suite.expectation import compare
from suite.faults import makes_edits
from suite.mounting import ADDED, PLACE, bind, deep_source, make_source
from suite.user_namespace import OWN_USERS, ROOT_OUTSIDE, mapping

FILE, BELOW = f"{PLACE}/of-seven", f"{PLACE}/below/of-seven"
KERNEL = "kernel:6.3"  # since then, a tmpfs may be mapped, too; a bundle may lie in one
MAPPED = {"uidMappings": [mapping(0, 5000, 100)], "gidMappings": [mapping(0, 6000, 100)]}


def prepare(bundle):
    deep_source()(bundle)
    for name in ("source/of-seven", "source/below/of-seven"):
        os.chown(bundle.file(name), 7, 8)


def prepare_with_users(bundle):
    prepare(bundle)
    bundle.give_root_to(ROOT_OUTSIDE)


def mapped(*options, **properties):
    """For an edit: the source, bound with these options and properties."""
    return lambda bundle: {**bind(*options)(bundle), **properties}


def owned(path, uid, gid):
    return {f"path[{path}].uid": uid, f"path[{path}].gid": gid}


def idmap(ids, title, *, config, expect, given=None, prepare=prepare, **rest):
    check(ids, title, since="1.1.0", needs=KERNEL, asks=[f"path:{FILE}", f"path:{BELOW}"], prepare=prepare,
          given={**(given or {}), "/mounts/-": mapped("rbind")}, config=config, expect=expect, **rest)


idmap("MO-idmap-1 MT-5", "a mount with idmap has its mappings", config={ADDED: mapped("bind", "idmap", **MAPPED)},
      expect=owned(FILE, 5007, 6008))
idmap("MO-idmap-1 MT-5", "idmap is for the mount alone, not for those below", config={ADDED: mapped("rbind", "idmap", **MAPPED)},
      expect={**owned(FILE, 5007, 6008), **owned(BELOW, 7, 8)})
idmap("MO-ridmap-1 MT-5", "ridmap is for the mounts below, too", config={ADDED: mapped("rbind", "ridmap", **MAPPED)},
      expect={**owned(FILE, 5007, 6008), **owned(BELOW, 5007, 6008)})
idmap("MO-idmap-1 MT-5", "a mount's own mappings count, not those of the container's user namespace", given=OWN_USERS,
      prepare=prepare_with_users, expect=owned(FILE, 2007, 3008), config={ADDED: mapped(
          "bind", "idmap", uidMappings=[mapping(0, ROOT_OUTSIDE + 2000, 100)],
          gidMappings=[mapping(0, ROOT_OUTSIDE + 3000, 100)])})
idmap("MT-5", "several ranges of ids", expect=owned(FILE, 9007, 8), config={ADDED: mapped(
    "bind", "idmap", uidMappings=[mapping(0, 0, 5), mapping(5, 9005, 5)], gidMappings=[mapping(0, 0, 9)])})
check("MO-idmap-2", "idmap does not reach the file system, which would refuse the word", since="1.1.0", needs=KERNEL,
      asks=[f"path:{PLACE}"], expect=owned(PLACE, 5000, 6000), given={"/mounts/-": mapped("rbind")}, prepare=prepare,
      config={ADDED: {"destination": PLACE, "type": "tmpfs", "source": "tmpfs", "options": ["idmap", "mode=755"], **MAPPED}})

for word in ("idmap", "ridmap"):
    @lifecycle(f"MO-{word}-1", f"{word} without mappings takes those of the container's user namespace, or is an error",
               asks=[f"path:{FILE}"], since="1.1.0", needs=KERNEL, prepare=prepare_with_users, given=OWN_USERS,
               config={"/mounts/-": mapped("rbind", word)}, fault=makes_edits({ADDED: mapped("rbind")}))
    def _(container):
        if container.create().code == 0:
            container.hold().start().ok()
            compare(container.report(), owned(FILE, 7, 8))

    refused(f"MO-{word}-1", f"{word} without mappings and without a user namespace", since="1.1.0", needs=KERNEL, prepare=make_source,
            config={"/mounts/-": mapped("rbind", word)}, valid={"/mounts/-": mapped("rbind", word, **MAPPED)})

for name in MAPPED:
    refused("MT-7 VV-1", f"{name} alone", since="1.1.0", needs=KERNEL, prepare=make_source,
            given={"/mounts/-": mapped("bind", "idmap")}, config={ADDED: mapped("bind", "idmap", **{name: MAPPED[name]})},
            valid={ADDED: mapped("bind", "idmap", **MAPPED)})
for name in ("containerID", "hostID", "size"):
    refused("UM-1 VV-1", f"a mapping of a mount without {name}", since="1.1.0", needs=KERNEL, prepare=make_source,
            given={"/mounts/-": mapped("bind", "idmap", **MAPPED)}, config={f"{ADDED}/uidMappings/0/{name}": REMOVED},
            valid={f"{ADDED}/uidMappings/0/{name}": 1})
