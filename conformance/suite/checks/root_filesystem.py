"""root: where the root file system is, and whether it can be written (config.md, "Root")."""
from suite.check import check, refused, untestable
from suite.edits import REMOVED
from suite.expectation import has

untestable("CF-ROOT-3", "a convention for authors: rootfs is the name in every other check")


def make_other_root(bundle):
    for name in ("proc", "dev"):
        bundle.make_directory(f"deep/other/{name}")
    bundle.copy_probe("deep/other/probe")
    bundle.file("deep/other/here")


for value, what in (("deep/other", "relative to the bundle"), (lambda bundle: bundle.path("deep/other"), "absolute")):
    check("BN-2 CF-ROOT-2", f"the root file system is the directory that root.path names: {what}", config={"/root/path": value},
          prepare=make_other_root, asks=["path:/here"], expect={"path[/here].type": "file"})
refused("CF-ROOT-1 VV-1", "a configuration without root", config={"/root": REMOVED}, valid={})
for value, what in ((REMOVED, "no root.path"), ("", "an empty root.path")):
    refused("CF-ROOT-2 VV-1", what, config={"/root/path": value}, valid={})
for value, what in (("none", "there is none"), ("config.json", "it is a file")):
    refused("CF-ROOT-4", f"root.path names no directory: {what}", config={"/root/path": value}, valid={})

check("CF-ROOT-5", "readonly: nothing can be written to the root", config={"/root/readonly": True}, asks=["mkdir:/new"],
      expect={"mkdir[/new]": "EROFS", "mounts[/].options": has("ro")})
check("CF-ROOT-5", "readonly: what is mounted below can still be written", given={"/root/readonly": False}, asks=["mkdir:/dev/new"],
      config={"/root/readonly": True}, expect={"mounts[/].options": has("ro"), "mkdir[/dev/new]": "ok"})
check("CF-ROOT-5", "without readonly the root can be written", asks=["mkdir:/new"], expect={"mkdir[/new]": "ok"},
      fault={"/root/readonly": True})
