"""Pods as the kubelet makes them: sandboxes, containers, ExecSync and what probes do with it."""
import os

from containerd.cri import NODE, POD
from containerd.grpc import DEADLINE_EXCEEDED, CallFailed
from suite.checks import check, expect, expect_in
from suite.commands import wait_until

LIVENESS = "touch /tmp/alive; trap 'rm /tmp/alive' USR1; while :; do sleep 0.1; done"


@check
def pod_with_two_containers(engine):
    """They share network, ipc and hostname, and nothing else."""
    cri = engine.cri
    pod = cri.run_pod("two", hostname="harbour")
    first, second = (cri.run(pod, name, "sleep", "1000") for name in ("first", "second"))
    spaces = {name: [cri.exec(each, "readlink", f"/proc/self/ns/{name}")[1] for each in (first, second)]
              for name in ("net", "ipc", "uts", "pid", "mnt")}
    expect({name for name, (one, other) in spaces.items() if one == other}, {"net", "ipc", "uts"}, "shared namespaces")
    expect(cri.exec(first, "hostname")[1], "harbour\n", "hostname")


@check
def pod_containers_reach_each_other(engine):
    cri = engine.cri
    pod = cri.run_pod("localhost")
    cri.run(pod, "server", "sh", "-c", "echo page > /tmp/index.html; exec httpd -f -p 8080 -h /tmp")
    client = cri.run(pod, "client", "sleep", "1000")
    fetch = ("wget", "-q", "-O", "-", "http://127.0.0.1:8080/index.html")
    assert wait_until(lambda: cri.exec(client, *fetch)[1] == "page\n"), "no answer"


@check
def pod_has_an_address(engine):
    pod = engine.cri.run_pod("address")
    address = engine.cri.pod_address(pod)
    assert address.startswith(engine.address), f"address {address!r}"
    container = engine.cri.run(pod, "one", "sleep", "1000")
    expect_in(address, engine.cri.exec(container, "ip", "-4", "addr")[1], "ip addr")


@check
def pod_exec_gives_output_errors_and_code(engine):
    container = engine.cri.run(engine.cri.run_pod("exec"), "one", "sleep", "1000")
    expect(engine.cri.exec(container, "sh", "-c", "echo out; echo err >&2; exit 7"), (7, "out\n", "err\n"), "ExecSync")


@check
def pod_exec_that_takes_too_long_is_ended(engine):
    container = engine.cri.run(engine.cri.run_pod("timeout"), "one", "sleep", "1000")
    try:
        engine.cri.exec(container, "sleep", "1001", timeout=1)
    except CallFailed as error:
        expect(error.code, DEADLINE_EXCEEDED, f"status ({error.text})")
    else:
        raise AssertionError("no error")
    assert wait_until(lambda: "sleep 1001" not in engine.cri.exec(container, "ps")[1]), "it still runs"


@check
def pod_exec_of_a_missing_program(engine):
    container = engine.cri.run(engine.cri.run_pod("exec-missing"), "one", "sleep", "1000")
    try:
        engine.cri.exec(container, "/no/such/program")
    except CallFailed as error:
        expect_in("/no/such/program", error.text, "error")
    else:
        raise AssertionError("no error")


@check
def pod_liveness_by_exec(engine):
    """Twenty probes, then one that fails, then the restart that the kubelet makes."""
    cri = engine.cri
    pod = cri.run_pod("liveness")
    container = cri.run(pod, "one", "sh", "-c", LIVENESS)
    assert wait_until(lambda: cri.exec(container, "test", "-e", "/tmp/alive")[0] == 0), "never alive"
    expect({cri.exec(container, "test", "-e", "/tmp/alive")[0] for _ in range(20)}, {0}, "exit codes of probes")
    cri.exec(container, "sh", "-c", "kill -USR1 1")
    assert wait_until(lambda: cri.exec(container, "test", "-e", "/tmp/alive")[0] == 1), "still alive"
    cri.stop(container)
    expect(cri.state(container), ("exited", 137), "state")
    cri.remove(container)
    again = cri.run(pod, "one", "sh", "-c", LIVENESS)
    expect(cri.state(again)[0], "running", "state")


@check
def pod_with_a_shared_pid_namespace(engine):
    cri = engine.cri
    pod = cri.run_pod("shared-pid", pid=POD)
    first = cri.run(pod, "first", "sleep", "1001", pid=POD)
    second = cri.run(pod, "second", "sleep", "1002", pid=POD)
    text = cri.exec(second, "ps")[1]
    assert "sleep 1001" in text and "sleep 1000000" in text, f"not all are seen: {text}"
    cri.stop(first)
    expect(cri.state(second)[0], "running", "state of the other one")


@check
def pod_in_the_hosts_namespaces(engine):
    cri = engine.cri
    pod = cri.run_pod("host", network=NODE, pid=NODE)
    container = cri.run(pod, "one", "sleep", "1000", network=NODE, pid=NODE)
    for name in ("net", "pid"):
        expect(cri.exec(container, "readlink", f"/proc/self/ns/{name}")[1].strip(), os.readlink(f"/proc/self/ns/{name}"), name)


@check
def pod_container_ends_with_its_code(engine):
    container = engine.cri.run(engine.cri.run_pod("code"), "one", "sh", "-c", "exit 5")
    assert wait_until(lambda: engine.cri.state(container) == ("exited", 5)), engine.cri.state(container)


@check
def pod_container_is_stopped_in_time(engine):
    cri = engine.cri
    pod = cri.run_pod("stop")
    container = cri.run(pod, "one", "sh", "-c", "trap 'exit 4' TERM; touch /tmp/up; while :; do sleep 0.1; done")
    assert wait_until(lambda: cri.exec(container, "test", "-e", "/tmp/up")[0] == 0), "not up"
    cri.stop(container, timeout=30)
    expect(cri.state(container), ("exited", 4), "state")


@check
def pod_container_with_a_missing_program(engine):
    cri = engine.cri
    pod = cri.run_pod("missing")
    container = cri.create(pod, "one", ["/no/such/program"])
    try:
        cri.start(container)
    except CallFailed as error:
        expect_in("/no/such/program", error.text, "error")
    else:
        raise AssertionError("no error")
    cri.remove(container)


@check
def pod_container_log(engine):
    container = engine.cri.run(engine.cri.run_pod("log"), "one", "sh", "-c", "echo out; echo err >&2", log="one.log")
    assert wait_until(lambda: engine.cri.state(container)[0] == "exited"), "still running"

    def lines():
        with open(os.path.join(engine.cri.logs, "one.log"), encoding="utf-8") as file:
            return sorted(line.split(" ", 1)[1] for line in file)

    assert wait_until(lambda: lines() == ["stderr F err\n", "stdout F out\n"]), lines()


@check
def pod_container_stats(engine):
    container = engine.cri.run(engine.cri.run_pod("stats"), "one", "sleep", "1000")
    assert wait_until(lambda: engine.cri.memory_in_use(container) > 0), "no memory in use"


@check
def pod_container_update(engine):
    container = engine.cri.run(engine.cri.run_pod("update"), "one", "sleep", "1000", resources={"memory": 64 << 20})
    engine.cri.update(container, memory=32 << 20)
    text = engine.cri.exec(container, "sh", "-c", "cd /sys/fs/cgroup; "
                           "cat memory/memory.limit_in_bytes 2>/dev/null || cat memory.max")[1]
    expect(text.strip(), str(32 << 20), "limit")


@check
def pod_is_stopped_with_its_containers(engine):
    cri = engine.cri
    pod = cri.run_pod("stopped")
    container = cri.run(pod, "one", "sleep", "1000")
    cri.stop_pod(pod.id)
    expect(cri.state(container)[0], "exited", "state")
