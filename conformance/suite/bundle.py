"""Bundles: the directory with the configuration and the root file system that a container is created from."""
import contextlib
import itertools
import json
import os
import shutil
import subprocess

from suite.edits import edited
from suite.probe import parsed

NUMBERS = itertools.count(1)
# Below each hierarchy of cgroups, the directory for the cgroups of all containers of a run.
CGROUPS = "/conformance"
CAPABILITIES = ["CAP_" + name for name in """
    AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID
    SYS_CHROOT""".split()]


def namespaces(*types):
    """A value of linux.namespaces: new ones of these types."""
    return [{"type": type} for type in types]


def base_config(cgroup):
    """The configuration that each check changes: as small as it can be, and valid since version 1.0.0."""
    return {
        "ociVersion": "1.0.0",
        "root": {"path": "rootfs"},
        "process": {
            "user": {"uid": 0, "gid": 0},
            "cwd": "/",
            "args": ["/probe"],
            "env": ["PATH=/"],
            "capabilities": {name: CAPABILITIES for name in ("bounding", "effective", "permitted")},
        },
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=1m"]},
            {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
             "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
        ],
        "linux": {"namespaces": namespaces("pid", "mount", "ipc", "uts"), "cgroupsPath": cgroup},
    }


class Bundle:
    """One bundle of a check, in a directory of its own; it also gives the container its id."""

    def __init__(self, place, asks=(), given=None, config=None):
        """given, config: edits of the base configuration, the second ones those that the check is about."""
        self.id = f"conformance-{next(NUMBERS)}"
        self.asks, self.given, self.edits = list(asks), given or {}, config or {}
        self.place, self.directory = place, os.path.join(place.directory, self.id)
        self.made = contextlib.ExitStack()  # what a check has made outside of the directory
        for name in ("rootfs/proc", "rootfs/dev", "rootfs/sys", "rootfs/tmp"):
            self.make_directory(name)
        self.file("rootfs/etc/hosts", "127.0.0.1 localhost\n")
        self.probe = self.path("rootfs/probe")
        os.link(place.probe, self.probe)

    def path(self, name=""):
        """The absolute path of a file of the bundle."""
        return os.path.join(self.directory, name) if name else self.directory

    def make_directory(self, name, mode=0o755):
        os.makedirs(self.path(name), exist_ok=True)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def file(self, name, text="", mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def copy_probe(self, name, mode=0o755):
        """The probe under another name, too; a copy has a mode of its own."""
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        shutil.copyfile(self.probe, self.path(name))
        os.chmod(self.path(name), mode)
        return self.path(name)

    def rename(self, name, other):
        os.rename(self.path(name), self.path(other))

    def link(self, name, target):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        os.symlink(target, self.path(name))

    def mount(self, name, *words):
        """Mounts at a directory of the bundle, until the container is cleaned up: `words` are those of mount(8) before it."""
        subprocess.run(["mount", *words, self.make_directory(name)], check=True)

    def give_root_to(self, uid):
        """Gives the root file system to this user and group, as the root of a user namespace; the probe is everyone's."""
        for directory, _, files in os.walk(self.path("rootfs")):
            for path in [directory, *(os.path.join(directory, file) for file in files)]:
                if path != self.probe:
                    os.lchown(path, uid, uid)

    def read(self, name):
        """A file's text; empty if there is none."""
        try:
            with open(self.path(name), encoding="utf-8", errors="surrogateescape") as source:
                return source.read()
        except FileNotFoundError:
            return ""

    def reports(self, name):
        """The reports that probes have written to a file of the bundle, in their order."""
        return [parsed(line) for line in self.read(name).splitlines()]

    def config_with(self, edits):
        """The base configuration with the given edits, then these."""
        base = base_config(f"{CGROUPS}/{self.id}")
        base["process"]["args"] += self.asks
        return edited(edited(base, self.given, self), edits, self)

    def write(self, edits=None):
        """Writes config.json; without edits, with those of the check. Returns the bundle."""
        self.file("config.json", json.dumps(self.config_with(self.edits if edits is None else edits), indent=2))
        return self

    def remove(self):
        self.made.close()
        shutil.rmtree(self.directory, ignore_errors=True)
