"""The bundles of the sweeps: a busybox root file system, and configurations made from `berth spec`."""
import json
import os
import shutil
import subprocess

HOOK = {"path": "/bin/true"}
RARE = ["acct", "add_key", "bpf", "delete_module", "init_module", "kexec_load", "keyctl", "mount", "open_by_handle_at",
        "perf_event_open", "pivot_root", "ptrace", "quotactl", "reboot", "setns", "swapon", "umount2", "unshare"]


def plain(config):
    """What `berth spec` writes."""


def docker_like(config):
    """What engines add: a filter, hooks of each kind, a sysctl, limits, masks."""
    config["hooks"] = {kind: [HOOK] for kind in ("createRuntime", "createContainer", "startContainer", "poststart",
                                                 "poststop")}
    linux = config["linux"]
    linux["sysctl"] = {"net.ipv4.ip_unprivileged_port_start": "0"}
    linux["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW",
                        "syscalls": [{"names": RARE, "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
    linux.setdefault("resources", {}).update({"pids": {"limit": 100}})


BUNDLES = {"plain": plain, "docker-like": docker_like}


def make(berth, place, name, program):
    """A bundle at PLACE/NAME that runs the program; the directory."""
    directory = os.path.join(place, name)
    for part in ("bin", "dev", "proc", "sys", "tmp"):
        os.makedirs(os.path.join(directory, "rootfs", part))
    shutil.copy(shutil.which("busybox"), os.path.join(directory, "rootfs/bin/busybox"))
    for link in ("sh", "sleep", "true"):
        os.symlink("busybox", os.path.join(directory, "rootfs/bin", link))
    subprocess.run([berth, "spec", "-b", directory], check=True)
    path = os.path.join(directory, "config.json")
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    config["process"]["terminal"] = False
    config["process"]["args"] = program
    BUNDLES[name.split(",")[0]](config)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    return directory
