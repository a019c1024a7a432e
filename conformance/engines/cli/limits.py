"""Limits of the control group, read in the cgroup of the container's init; where it stands."""
import os

from suite import cgroups
from suite.checks import Skip, check, expect
from suite.commands import wait_until
from suite.cgroups import CGROUPS


def cgroup_file(engine, container, controller, v1_name, v2_name):
    return cgroups.read(engine.init_pid(container), controller, v1_name, v2_name)


@check
def memory_limit(engine):
    container = engine.sleeper("-m", "64m")
    value = cgroup_file(engine, container, "memory", "memory.limit_in_bytes", "memory.max")
    expect(value, str(64 << 20), "limit")


@check
def memory_limit_inside(engine):
    text = engine.output("-m", "64m", "--", "sh", "-c", "cd /sys/fs/cgroup; "
                         "cat memory/memory.limit_in_bytes 2>/dev/null || cat memory.max")
    expect(text, str(64 << 20), "limit")


@check
def memory_reservation(engine):
    container = engine.sleeper("-m", "64m", "--memory-reservation", "32m")
    value = cgroup_file(engine, container, "memory", "memory.soft_limit_in_bytes", "memory.low")
    expect(value, str(32 << 20), "reservation")


@check
def memory_limit_kills(engine):
    container = engine.detached("-m", "16m", "--", "sh", "-c", "tail /dev/zero")
    expect(engine.call("wait", container).output.strip(), "137", "exit code")


@check
def oom_kill_is_reported(engine):
    container = engine.detached("-m", "16m", "--", "sh", "-c", "exec tail /dev/zero")
    engine.call("wait", container)
    # The engine learns of it by an event of its own, which may come after the exit.
    assert wait_until(lambda: engine.inspect(container, "{{.State.OOMKilled}}") == "true"), "OOMKilled is false"


@check
def cpus_limit(engine):
    container = engine.sleeper("--cpus", "0.5")
    quota = cgroup_file(engine, container, "cpu", "cpu.cfs_quota_us", "cpu.max")
    if " " in quota:
        expect(quota, "50000 100000", "cpu.max")
        return
    period = cgroup_file(engine, container, "cpu", "cpu.cfs_period_us", "cpu.max")
    expect((quota, period), ("50000", "100000"), "quota and period")


@check
def cpu_shares(engine):
    container = engine.sleeper("--cpu-shares", "512")
    expect(cgroup_file(engine, container, "cpu", "cpu.shares", "cpu.weight"),
           "512" if os.path.isdir(CGROUPS + "/cpu") else "20", "shares or weight")


@check
def cpuset_cpus(engine):
    container = engine.sleeper("--cpuset-cpus", "0")
    expect(cgroup_file(engine, container, "cpuset", "cpuset.cpus", "cpuset.cpus"), "0", "cpuset")


@check
def pids_limit(engine):
    container = engine.sleeper("--pids-limit", "33")
    expect(cgroup_file(engine, container, "pids", "pids.max", "pids.max"), "33", "pids.max")


@check
def pids_limit_of_minus_one_is_none(engine):
    container = engine.sleeper("--pids-limit", "-1")
    expect(cgroup_file(engine, container, "pids", "pids.max", "pids.max"), "max", "pids.max")


@check
def block_io_limit(engine):
    device, number = block_device()
    container = engine.sleeper("--device-write-bps", f"{device}:1mb")
    text = cgroup_file(engine, container, "blkio", "blkio.throttle.write_bps_device", "io.max")
    assert number in text and "1048576" in text, f"no limit for {number}: {text!r}"


def block_device():
    """The node of a disk, and its numbers as text."""
    for name in sorted(os.listdir("/sys/block")):
        if os.path.exists(f"/dev/{name}") and not name.startswith(("loop", "ram")):
            with open(f"/sys/block/{name}/dev", encoding="ascii") as file:
                return f"/dev/{name}", file.read().strip()
    raise Skip("no block device")


@check
def update_of_a_running_container(engine):
    container = engine.sleeper("-m", "64m", "--memory-swap", "64m")
    engine.call("update", "-m", "32m", "--memory-swap", "64m", container)
    value = cgroup_file(engine, container, "memory", "memory.limit_in_bytes", "memory.max")
    expect(value, str(32 << 20), "limit")


@check
def stats_show_the_memory_in_use(engine):
    container = engine.sleeper("-m", "64m")
    text = engine.call("stats", "--no-stream", "--format", "{{.MemUsage}}", container).output
    assert "64MiB" in text or "67.11MB" in text, f"no limit of 64 MiB: {text}"


@check
def cgroup_parent_flag(engine):
    container = engine.sleeper("--cgroup-parent", "/of-the-user")
    paths = set(cgroups.paths(engine.init_pid(container)).values())
    assert [path for path in paths if path.startswith("/of-the-user/")], f"cgroups: {sorted(paths)}"
    engine.call("rm", "-f", container)
    assert wait_until(lambda: remove_cgroups("of-the-user")), "its cgroup stays in use"


def remove_cgroups(name):
    """Removes the parent that the engine made for the flag and keeps; true when it is gone."""
    for top, _, _ in os.walk(CGROUPS):
        if os.path.basename(top) == name:
            for directory, _, _ in os.walk(top, topdown=False):
                try:
                    os.rmdir(directory)
                except OSError:  # its last process is still on its way out
                    return False
    return True
