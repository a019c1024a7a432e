"""Whether the floor's container is the one that a runtime makes of the bundle: a floor that does less is none.

A program in the container prints what it sees; the facts of the floor's container and of berth's are compared.
"""
import os
import subprocess

import bundles
from lives import name_of
from timing import ENVIRONMENT

# What is said of a mount that hides a directory depends on the runtime, so only that it is there is compared.
HIDDEN = ("/proc/", "/sys/firmware", "/sys/devices")


def differences(floors, berth, kind, world):
    """Facts of only one of the two, as `floor: FACT` or `berth: FACT`, for each floor."""
    theirs = facts_of(berth, kind, world)
    found = []
    for floor in floors:
        ours = facts_of(floor, kind, world)
        found += [f"{floor.name}: {fact}" for fact in sorted(ours - theirs)]
        found += [f"berth, not {floor.name}: {fact}" for fact in sorted(theirs - ours)]
    return found


def facts_of(runtime, kind, world):
    identifier = name_of(runtime, "facts")
    bundle = world.bundles.write(kind, identifier, bundles.FACTS)
    command = runtime.command("run", kind, bundle, identifier, bundles.FACTS[0])
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}")
    return {fact(line.replace(identifier, "ID")) for line in done.stdout.splitlines()}


def fact(line):
    """Of a line of mountinfo: mount point, options, type. Other lines are facts as they are."""
    words = line.split()
    if words[:1] != ["mount"]:
        return line
    target, options, kind = words[5], words[6], words[words.index("-") + 1]
    if kind == "tmpfs" and target.startswith(HIDDEN):
        options = options.split(",")[0]
    return f"mount {target} {options} {kind}"


PROGRAM = """#!/bin/sh
busybox sed 's/^/mount /' /proc/self/mountinfo
busybox grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Seccomp_filters):' /proc/self/status
busybox find /dev -maxdepth 1 -exec busybox stat -c '%N %A %t:%T %u:%g' {} +
for space in /proc/self/ns/*; do busybox [ "$(busybox readlink "$space")" ] && echo "namespace ${space##*/}"; done
busybox sed 's/^/cgroup /' /proc/self/cgroup
busybox sed 's/^/limit /' /proc/self/limits
for file in /proc/sys/kernel/hostname /proc/self/oom_score_adj /proc/sys/net/ipv4/ip_unprivileged_port_start \\
  /proc/sys/net/ipv4/ping_group_range /sys/class/net/lo/flags /sys/fs/cgroup/devices/devices.list \\
  /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/pids/pids.max \\
  /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max /sys/fs/cgroup/pids.max; do
  busybox [ -e "$file" ] && busybox sed "s|^|$file |" "$file"
done
busybox umask
busybox pwd
busybox true
"""


def install(rootfs):
    path = os.path.join(rootfs, bundles.FACTS[0].lstrip("/"))
    with open(path, "w", encoding="ascii") as file:
        file.write(PROGRAM)
    os.chmod(path, 0o755)
