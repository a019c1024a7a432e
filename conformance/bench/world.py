"""Where the bench works: a directory on a tmpfs, and the cgroup /bench of each hierarchy, the parent of all.

bench.py is run by conformance/engines/private_place.sh, whose namespaces and cgroups are gone afterwards.
"""
import os

import alike
import bundles
import runtimes

CGROUPS = "/sys/fs/cgroup"
PARENT = "bench"


class World:
    def __init__(self):
        self.place = os.environ["PLACE"]
        self.layout = "v2" if os.path.exists(f"{CGROUPS}/cgroup.controllers") else "v1"
        if os.path.exists(f"{CGROUPS}/unified/cgroup.controllers"):
            self.layout = "hybrid"
        limited = [name for directory in hierarchies() for name in make_parent(directory)]
        self.missing = [name for name in bundles.LIMITS if name not in limited]
        self.bundles = bundles.Bundles(self.place, limited, runtimes.BUILT)
        alike.install(os.path.join(self.bundles.shared, "rootfs"))

    @staticmethod
    def remove_cgroups(identifier):
        """What a runtime has left of a container that it would not run."""
        for directory in hierarchies():
            for inner, _, _ in os.walk(os.path.join(directory, PARENT, identifier), topdown=False):
                os.rmdir(inner)


def hierarchies():
    if os.path.exists(f"{CGROUPS}/cgroup.procs"):
        return [CGROUPS]
    return [os.path.join(CGROUPS, name) for name in sorted(os.listdir(CGROUPS))
            if os.path.exists(os.path.join(CGROUPS, name, "cgroup.procs"))]


def make_parent(directory):
    """Makes the parent there; returns the controllers of which a container below it can have limits."""
    parent = os.path.join(directory, PARENT)
    os.mkdir(parent)
    if not os.path.exists(f"{parent}/cgroup.controllers"):
        for file in ("cpuset.cpus", "cpuset.mems"):
            if os.path.exists(os.path.join(parent, file)):
                runtimes.write(os.path.join(parent, file), runtimes.read(os.path.join(directory, file)))
        files = {"memory": "memory.limit_in_bytes", "cpu": "cpu.cfs_quota_us", "pids": "pids.max"}
        return [name for name, file in files.items() if os.path.exists(os.path.join(parent, file))]
    controllers = runtimes.read(f"{parent}/cgroup.controllers").split()
    for name in controllers:
        runtimes.write(f"{parent}/cgroup.subtree_control", "+" + name)
    return controllers
