"""Mounts: their order, places, sources and types, and what the whole of them has (config.md, "Mounts")."""
from suite.check import check, refused, untestable
from suite.edits import REMOVED, each
from suite.expectation import has
from suite.mounting import ADDED, PLACE, bind, file_system, make_source

TYPE = f"mounts[{PLACE}].type"
CONTENT = f"read[{PLACE}/file]"
ASKS = [f"read:{PLACE}/file"]

# ---- order ----

check("MT-1", "of two mounts at one place, the later one is seen", asks=ASKS, prepare=make_source,
      config={"/mounts/-": lambda bundle: each(file_system(), bind("bind")(bundle))}, expect={CONTENT: "text\n"},
      fault={ADDED: bind("bind"), "/mounts/4": file_system()})
check("MT-1", "a mount is made in what an earlier one has mounted", asks=[f"path:{PLACE}/inner"],
      config={"/mounts/-": each(file_system(), file_system(["mode=700"], at=f"{PLACE}/inner"))},
      expect={f"path[{PLACE}/inner].mode": 0o700},
      fault={ADDED: file_system(["mode=700"], at=f"{PLACE}/inner"), "/mounts/4": file_system()})

# ---- destination ----

check("MT-2", "destination is an absolute path in the container", config={"/mounts/-": file_system(at="/deep/place")},
      expect={"mounts[/deep/place].type": "tmpfs"})
check("MT-2", "a relative destination is taken relative to /", config={"/mounts/-": file_system(at="deep/place")},
      given={"/process/cwd": "/tmp"}, expect={"mounts[/deep/place].type": "tmpfs"})
check("MT-2", "a destination that leads up stays in the container", config={"/mounts/-": file_system(at="/../../m")},
      expect={"mounts[/m].type": "tmpfs"})
check("MT-2", "a link at the destination is followed within the container", config={"/mounts/-": file_system(at="/link/place")},
      prepare=lambda bundle: (bundle.make_directory("rootfs/deep"), bundle.link("rootfs/link", "/deep")),
      expect={"mounts[/deep/place].type": "tmpfs"})
refused("MT-2 VV-1", "a mount without destination", given={"/mounts/-": file_system()},
        config={f"{ADDED}/destination": REMOVED}, valid={f"{ADDED}/destination": PLACE})
refused("MT-2 VV-1", "a destination that is a number", given={"/mounts/-": file_system()},
        config={f"{ADDED}/destination": 1}, valid={f"{ADDED}/destination": PLACE})

# ---- source ----

check("MT-3", "an absolute source of a bind mount", config={"/mounts/-": bind("bind")}, prepare=make_source, asks=ASKS,
      expect={CONTENT: "text\n"})
check("MT-3", "a source of a bind mount is relative to the bundle", prepare=make_source, asks=ASKS, expect={CONTENT: "text\n"},
      config={"/mounts/-": {"destination": PLACE, "type": "none", "source": "source", "options": ["bind"]}})
for type in ("none", "bind", "ext4", "", "no such file system"):
    check("MT-3", f"the options make a bind mount, whatever its type is: '{type}'", prepare=make_source, asks=ASKS,
          given={"/mounts/-": bind("bind")}, config={f"{ADDED}/type": type}, expect={CONTENT: "text\n"},
          fault={ADDED: file_system()})
check("MT-3", "a bind mount without type", prepare=make_source, asks=ASKS, given={"/mounts/-": bind("rbind")},
      config={f"{ADDED}/type": REMOVED}, expect={CONTENT: "text\n"}, fault={ADDED: file_system()})
# ---- type ----

for type in ("tmpfs", "ramfs", "proc", "devpts", "mqueue"):
    check("MT-4", f"a mount of type {type}", needs=f"filesystem:{type}", config={"/mounts/-": file_system(type=type)},
          expect={TYPE: type})
check("MT-4", "a mount of type sysfs, with a network namespace of its own", given={"/linux/namespaces/-": {"type": "network"}},
      config={"/mounts/-": file_system(type="sysfs")}, expect={TYPE: "sysfs"})
check("MT-4", "source is what the kernel shows as the mount's", expect={f"mounts[{PLACE}].source": "of-the-suite"},
      config={"/mounts/-": {**file_system(), "source": "of-the-suite"}})
refused("MT-4 VV-1", "a type that is no file system of the kernel", given={"/mounts/-": file_system()},
        config={f"{ADDED}/type": "conformance"}, valid={f"{ADDED}/type": "tmpfs"})
refused("MT-4 VV-1", "a mount that is no bind mount, without type", given={"/mounts/-": file_system()},
        config={f"{ADDED}/type": REMOVED}, valid={f"{ADDED}/type": "tmpfs"})
refused("VV-1", "options that are a text", given={"/mounts/-": file_system()}, config={f"{ADDED}/options": "ro"},
        valid={f"{ADDED}/options": ["ro"]})
untestable("MT-6", "it concerns the author of config.json: which word stands beside the mappings")

# ---- default file systems ----

for place, type in (("/proc", "proc"), ("/sys", "sysfs"), ("/dev/pts", "devpts"), ("/dev/shm", "tmpfs")):
    check("FS-1", f"{place} can have its {type}", config={"/mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        *([] if place == "/proc" else [file_system(type=type, at=place)])]},
        given={"/linux/namespaces/-": {"type": "network"}},
        expect={f"mounts[{place}].type": type}, fault={"/mounts": []})

# ---- SELinux ----

check("ML-1", "mountLabel is the context of the mounts", needs="lsm:selinux", given={"/mounts/-": file_system()},
      config={"/linux/mountLabel": "system_u:object_r:container_file_t:s0:c1"},
      expect={f"mounts[{PLACE}].super_options": has("context=system_u:object_r:container_file_t:s0:c1")})
