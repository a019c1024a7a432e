"""Mounts for the checks of mounts: entries of `mounts`, and directories of the bundle that are sources."""
import os
import stat
import subprocess

# The entry that a check adds behind the three of the base configuration; it is mounted at PLACE.
ADDED = "/mounts/3"
PLACE = "/m"


def file_system(options=(), type="tmpfs", at=PLACE):
    """An entry for a new file system."""
    return {"destination": at, "type": type, "source": type, "options": list(options)}


def bind(*options, source="source", at=PLACE):
    """An entry, for an edit, that binds a directory or file of the bundle."""
    return lambda bundle: {"destination": at, "type": "none", "source": bundle.path(source), "options": list(options)}


def make_source(bundle):
    """A directory with one of everything that an option of a mount can forbid."""
    bundle.make_directory("source")
    bundle.file("source/file", "text\n")
    bundle.link("source/link", "file")
    bundle.copy_probe("source/tool", mode=0o755)
    os.chown(bundle.copy_probe("source/becomes-root"), 0, 0)
    os.chmod(bundle.path("source/becomes-root"), 0o4755)
    os.mknod(bundle.path("source/null"), stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.chmod(bundle.path("source/null"), 0o666)


def deep_source(options=""):
    """A function that makes the directory "source": a mount with another one at "below", both with these options."""
    def prepare(bundle):
        for name in ("source", "source/below"):
            bundle.mount(name, "-t", "tmpfs", "-o", "mode=755", "tmpfs")
            bundle.file(f"{name}/file", "text\n")
        for name in ("source", "source/below") if options else ():
            subprocess.run(["mount", "-o", f"remount,bind,{options}", bundle.path(name)], check=True)
    return prepare
