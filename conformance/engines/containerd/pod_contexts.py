"""The security context of a pod's container, and its limits."""
import os

from suite.checks import check, expect, expect_in

CHOWN, NET_ADMIN, SYS_ADMIN = 0, 12, 21


def started(engine, name, **options):
    return engine.cri.run(engine.cri.run_pod(name), "one", "sleep", "1000", **options)


def status(engine, container, field):
    return engine.cri.exec(container, "grep", f"^{field}:", "/proc/self/status")[1].split()[1]


@check
def pod_run_as_user(engine):
    expect(engine.cri.exec(started(engine, "user", user=1000), "id", "-u")[1], "1000\n", "uid of exec")


@check
def pod_read_only_root(engine):
    text = engine.cri.exec(started(engine, "read-only", readonly=True), "touch", "/x")[2]
    expect_in("Read-only", text, "touch")


@check
def pod_capabilities(engine):
    container = started(engine, "capabilities", cap_add=["NET_ADMIN"], cap_drop=["CHOWN"])
    value = int(status(engine, container, "CapEff"), 16)
    assert value >> NET_ADMIN & 1 and not value >> CHOWN & 1, f"effective: {value:x}"


@check
def pod_without_capabilities(engine):
    expect(int(status(engine, started(engine, "dropped", cap_drop=["ALL"]), "CapEff"), 16), 0, "effective")


@check
def pod_no_new_privileges(engine):
    expect(status(engine, started(engine, "no-new-privs", no_new_privs=True), "NoNewPrivs"), "1", "NoNewPrivs")


@check
def pod_seccomp_default(engine):
    expect(status(engine, started(engine, "seccomp", seccomp=0), "Seccomp"), "2", "mode")


@check
def pod_seccomp_unconfined(engine):
    expect(status(engine, started(engine, "unconfined", seccomp=1), "Seccomp"), "0", "mode")


@check
def pod_privileged(engine):
    pod = engine.cri.run_pod("privileged", privileged=True)
    container = engine.cri.run(pod, "one", "sleep", "1000", privileged=True)
    assert int(status(engine, container, "CapEff"), 16) >> SYS_ADMIN & 1, "no CAP_SYS_ADMIN"


@check
def pod_mount_is_read_only(engine):
    path = os.path.join(engine.directory, "pod-mount")
    os.makedirs(path)
    container = started(engine, "mount", mounts=[(path, "/data")])
    expect_in("Read-only", engine.cri.exec(container, "touch", "/data/x")[2], "touch")


@check
def pod_environment_and_directory(engine):
    container = started(engine, "env", env={"COLOUR": "blue"}, cwd="/tmp")
    expect(engine.cri.exec(container, "sh", "-c", "echo $COLOUR; pwd")[1], "blue\n/tmp\n", "variable and directory")


@check
def pod_sysctl(engine):
    pod = engine.cri.run_pod("sysctl", sysctls={"net.ipv4.ip_unprivileged_port_start": "80"})
    container = engine.cri.run(pod, "one", "sleep", "1000")
    expect(engine.cri.exec(container, "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start")[1], "80\n", "value")


@check
def pod_limits(engine):
    container = started(engine, "limits", resources={"memory": 64 << 20, "cpu_quota": 50000})
    text = engine.cri.exec(container, "sh", "-c", "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes "
                           "cpu/cpu.cfs_quota_us 2>/dev/null || cat memory.max cpu.max")[1]
    expect(text.split()[:2], [str(64 << 20), "50000"], "memory and quota")
