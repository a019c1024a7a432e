"""Pods: what their containers share, and what is done to all of them at once."""
from suite.checks import check, expect
from suite.commands import wait_until
from suite.image import IMAGE


def in_pod(engine, pod, name):
    return engine.call("run", "-d", "--pod", pod, "--name", name, IMAGE, "sleep", "1000").output.strip()


def status(engine, container):
    return engine.inspect(container, "{{.State.Status}}")


@check
def pod_containers_share_namespaces(engine):
    engine.call("pod", "create", "--name", "pod1", "--hostname", "harbour")
    first, second = (in_pod(engine, "pod1", name) for name in ("one", "two"))
    spaces = {name: [engine.exec_output(each, "--", "readlink", f"/proc/self/ns/{name}") for each in (first, second)]
              for name in ("net", "ipc", "uts", "pid", "mnt")}
    expect({name for name, (one, other) in spaces.items() if one == other}, {"net", "ipc", "uts"}, "shared namespaces")
    expect(engine.exec_output(first, "--", "hostname"), "harbour", "hostname")


@check
def pod_with_a_shared_pid_namespace(engine):
    engine.call("pod", "create", "--name", "pod2", "--share", "net,ipc,uts,pid")
    in_pod(engine, "pod2", "one")
    text = engine.call("run", "--rm", "--pod", "pod2", IMAGE, "ps").output
    assert "sleep 1000" in text and "sleep 1000000" in text, text


@check
def pod_is_paused_and_unpaused(engine):
    engine.call("pod", "create", "--name", "pod3")
    container = in_pod(engine, "pod3", "one")
    engine.call("pod", "pause", "pod3")
    expect(status(engine, container), "paused", "state")
    engine.call("pod", "unpause", "pod3")
    expect(status(engine, container), "running", "state")


@check
def pod_is_stopped_started_and_removed(engine):
    engine.call("pod", "create", "--name", "pod4")
    container = in_pod(engine, "pod4", "one")
    engine.call("pod", "stop", "-t", "0", "pod4")
    assert wait_until(lambda: status(engine, container) == "exited"), status(engine, container)
    engine.call("pod", "start", "pod4")
    expect(status(engine, container), "running", "state")
    engine.call("pod", "rm", "-f", "-t", "0", "pod4")
    expect(engine.call("pod", "ps", "-q").output, "", "pods")


@check
def pod_top_shows_all_processes(engine):
    engine.call("pod", "create", "--name", "pod5")
    in_pod(engine, "pod5", "one")
    assert "sleep 1000" in engine.call("pod", "top", "pod5").output, "no sleep"
