"""The three bundles that all runtimes run, and what the cgroup layout takes away from them.

minimal      pid and mount namespaces, /proc, nothing else (without /proc, runc runs nothing)
default      what `berth spec` writes: six namespaces, seven mounts, three capabilities, a read-only root
docker-like  what dockerd writes: Docker's capabilities, masked paths and device rules, a seccomp profile,
             limits of memory, cpu and pids, two sysctls, and three files that are bound over the image's

Each container has a config.json of its own, as engines write them: its cgroupsPath is /bench/ID.
"""
import json
import os
import shutil

KINDS = ["minimal", "default", "docker-like"]
NAMESPACES = ["pid", "network", "ipc", "uts", "mount", "cgroup"]
CAPABILITIES = ["CAP_" + name for name in (
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT "
    "KILL AUDIT_WRITE").split()]
FEW_CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
ENVIRONMENT = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"]
LOCKED = ["nosuid", "noexec", "nodev"]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
MASKED = ["/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
          "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
          "/sys/devices/virtual/powercap"]
BOUND = ["resolv.conf", "hostname", "hosts"]
LIMITS = {"memory": {"limit": 268435456}, "cpu": {"quota": 100000, "period": 100000}, "pids": {"limit": 100}}
DENY_ALL = {"allow": False, "access": "rwm"}
TRUE, SLEEP, NOTHING, FACTS = ["/bin/true"], ["/bin/sleep", "1000"], ["/bin/nothing"], ["/bin/facts"]


class Bundles:
    """The root file system that all share, in `place`, and a directory with a config.json for each container."""

    def __init__(self, place, limited, built):
        self.place, self.shared = place, os.path.join(place, "shared")
        self.limits = {name: LIMITS[name] for name in LIMITS if name in limited}
        with open(os.path.join(built, "profile.json"), encoding="utf-8") as file:
            self.profile = json.load(file)
        make_root(self.shared, os.path.join(built, "nothing"))

    def write(self, kind, identifier, arguments):
        """Returns the directory of a bundle for this container."""
        config = {"minimal": minimal, "default": default, "docker-like": self.docker_like}[kind]()
        config["root"]["path"] = os.path.join(self.shared, "rootfs")
        config["process"]["args"] = arguments
        config["linux"]["cgroupsPath"] = "/bench/" + identifier
        directory = os.path.join(self.place, "bundle-" + identifier)
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, "config.json"), "w", encoding="utf-8") as file:
            json.dump(config, file)
        return directory

    def docker_like(self):
        config = default()
        config["root"]["readonly"] = False
        config["process"].update(noNewPrivileges=False, rlimits=[], oomScoreAdj=0, capabilities=capabilities(CAPABILITIES))
        config["process"]["user"]["additionalGids"] = [10]
        config["mounts"][0]["options"] = LOCKED
        config["mounts"] += [{"destination": "/etc/" + name, "type": "bind", "source": os.path.join(self.shared, name),
                              "options": ["rbind", "rprivate"]} for name in BOUND]
        devices = [DENY_ALL] + [{"allow": True, "type": "c", "major": major, "minor": minor, "access": "rwm"}
                                for major, minor in ((1, 5), (1, 3), (1, 9), (1, 8), (5, 0), (5, 1))]
        config["linux"].update(resources={"devices": devices, **self.limits}, seccomp=self.profile["seccomp"], sysctl={
            "net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647"})
        return config


def minimal():
    return {"ociVersion": "1.0.2",  # crun 1.8.1 takes nothing newer
            "root": {"path": ""}, "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
            "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "env": list(ENVIRONMENT)},
            "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}]}}


def default():
    config = minimal()
    config.update(hostname="bench")
    config["root"]["readonly"] = True
    config["process"].update(capabilities=capabilities(FEW_CAPABILITIES), noNewPrivileges=True,
                             rlimits=[{"type": "RLIMIT_NOFILE", "soft": 1024, "hard": 1024}])
    config["mounts"] += [
        mount("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount("/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        mount("/dev/shm", "tmpfs", [*LOCKED, "mode=1777", "size=65536k"]),
        mount("/dev/mqueue", "mqueue", LOCKED), mount("/sys", "sysfs", [*LOCKED, "ro"]),
        mount("/sys/fs/cgroup", "cgroup", [*LOCKED, "relatime", "ro"])]
    config["linux"] = {"namespaces": [{"type": name} for name in NAMESPACES], "resources": {"devices": [DENY_ALL]},
                       "maskedPaths": MASKED, "readonlyPaths": READ_ONLY}
    return config


def mount(destination, kind, options):
    return {"destination": destination, "type": kind, "source": kind, "options": options}


def capabilities(names):
    return {group: names for group in ("bounding", "effective", "permitted")}


def make_root(shared, nothing):
    busybox = shutil.which("busybox")
    if not busybox:
        raise SystemExit("bench: needs busybox-static")
    rootfs = os.path.join(shared, "rootfs")
    for name in ("bin", "dev", "etc", "proc", "sys"):
        os.makedirs(os.path.join(rootfs, name))
    shutil.copy(busybox, os.path.join(rootfs, "bin", "busybox"))
    shutil.copy(nothing, os.path.join(rootfs, "bin", "nothing"))
    for name in ("true", "sleep", "sh"):
        os.symlink("busybox", os.path.join(rootfs, "bin", name))
    for directory in (shared, os.path.join(rootfs, "etc")):
        for name in BOUND:
            with open(os.path.join(directory, name), "w", encoding="ascii") as file:
                file.write("bench\n")
