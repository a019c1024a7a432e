"""linux.maskedPaths and linux.readonlyPaths."""
from suite.check import check, refused
from suite.expectation import Predicate
from suite.mounting import PLACE, file_system

MASKED, READONLY = "/linux/maskedPaths", "/linux/readonlyPaths"
SECRET = "/secrets/deep/secret"
UNREADABLE = Predicate("nothing, or an error", lambda value: value == "" or isinstance(value, dict) and "error" in value)
UNLISTABLE = Predicate("an empty list, or an error", lambda value: value == [] or isinstance(value, str))


def prepare(bundle):
    bundle.file(f"rootfs{SECRET}", "secret\n")


check("MK-1", "a masked file cannot be read", prepare=prepare, asks=[f"read:{SECRET}"], config={MASKED: [SECRET]},
      expect={f"read[{SECRET}]": UNREADABLE})
check("MK-1", "a masked directory shows nothing of what is in it", prepare=prepare, config={MASKED: ["/secrets"]},
      asks=["list:/secrets", f"read:{SECRET}"], expect={"list[/secrets]": UNLISTABLE, f"read[{SECRET}]": UNREADABLE})
check("MK-1", "files of /proc can be masked", asks=["read:/proc/uptime", "read:/proc/version"],
      config={MASKED: ["/proc/uptime", "/proc/version"]},
      expect={"read[/proc/uptime]": UNREADABLE, "read[/proc/version]": UNREADABLE})
check("MK-1", "files of a mount can be masked", asks=[f"read:{PLACE}/uptime"], config={MASKED: [f"{PLACE}/uptime"]},
      given={"/mounts/-": file_system(type="proc")}, expect={f"read[{PLACE}/uptime]": UNREADABLE})
check("RO-1", "a read-only path that is a file cannot be written", prepare=prepare, config={READONLY: [SECRET]},
      asks=[f"open_to_write:{SECRET}", f"open:{SECRET}", "create:/secrets/deep/other"],
      expect={f"open_to_write[{SECRET}]": "EROFS", f"open[{SECRET}]": "ok", "create[/secrets/deep/other]": "ok"})
check("RO-1", "nothing in a read-only path can be written", prepare=prepare, config={READONLY: ["/secrets"]},
      asks=[f"open_to_write:{SECRET}", "create:/secrets/deep/other", "mkdir:/secrets/new", f"remove:{SECRET}", f"read:{SECRET}"],
      expect={f"open_to_write[{SECRET}]": "EROFS", "create[/secrets/deep/other]": "EROFS", "mkdir[/secrets/new]": "EROFS",
              f"remove[{SECRET}]": "EROFS", f"read[{SECRET}]": "secret\n"})
check("RO-1", "files of /proc can be read-only", config={READONLY: ["/proc/sys"]},
      asks=["open_to_write:/proc/sys/kernel/hostname"], expect={"open_to_write[/proc/sys/kernel/hostname]": "EROFS"})
check("RO-1", "a mount can be read-only", given={"/mounts/-": file_system()}, config={READONLY: [PLACE]},
      asks=[f"mkdir:{PLACE}/new"], expect={f"mkdir[{PLACE}/new]": "EROFS", f"mounts[{PLACE}].type": "tmpfs"})
for pointer, what in ((MASKED, "masked"), (READONLY, "read-only")):
    id = "MK-1" if pointer == MASKED else "RO-1"
    refused(f"{id} VV-1", f"a relative path that is to be {what}", prepare=prepare, config={pointer: ["secrets"]},
            valid={pointer: ["/secrets"]})
    refused(f"{id} VV-1", f"a number among paths that are to be {what}", prepare=prepare, config={pointer: [1]},
            valid={pointer: ["/secrets"]})
