"""pause, unpause, and what may be done to a paused container."""
import os

from cli.ending import started
from suite import cgroups
from suite.checks import check, expect
from suite.commands import wait_until

COUNTING = "n=0; echo up; while :; do n=$((n+1)); echo $n > /tmp/n; sleep 0.1; done"


def frozen(engine, container):
    """What the kernel says of the container's cgroup; on a hybrid host, of either of the two that can freeze it."""
    pid = engine.init_pid(container)
    text = cgroups.read(pid, "freezer", "freezer.state", "cgroup.events")
    return "FROZEN" in text or "frozen 1" in text + cgroups.read_unified_of_hybrid(pid, "cgroup.events")


@check
def pause_freezes_and_unpause_thaws(engine):
    container = started(engine, COUNTING)
    engine.call("pause", container)
    expect(engine.inspect(container, "{{.State.Status}}"), "paused", "state")
    assert frozen(engine, container), "its cgroup is not frozen"
    engine.call("unpause", container)
    expect(engine.inspect(container, "{{.State.Status}}"), "running", "state")
    assert not frozen(engine, container), "its cgroup is still frozen"
    before = engine.exec_output(container, "--", "cat", "/tmp/n")
    assert wait_until(lambda: engine.exec_output(container, "--", "cat", "/tmp/n") != before), "it does not count"


@check
def pause_reaches_what_exec_started(engine):
    container = engine.sleeper()
    engine.exec(container, "-d", "--", "sleep", "1001")
    engine.call("pause", container)
    mine = cgroups.paths(engine.init_pid(container))
    found = [pid for pid in processes_with("1001") if cgroups.paths(pid) == mine]
    engine.call("unpause", container)
    expect(len(found), 1, "processes of exec in the frozen cgroup")


def processes_with(word):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                if word in file.read().split("\0"):
                    yield pid
        except OSError:
            continue


@check
def exec_in_a_paused_container_is_refused(engine):
    container = engine.sleeper()
    engine.call("pause", container)
    result = engine.exec(container, "--", "true", check=False)
    engine.call("unpause", container)
    assert result.code != 0, str(result)
    expect(engine.exec_output(container, "--", "echo", "thawed"), "thawed", "output")


@check
def pause_twice_is_an_error(engine):
    container = engine.sleeper()
    engine.call("pause", container)
    result = engine.call("pause", container, check=False)
    engine.call("unpause", container)
    assert result.code != 0, str(result)


@check
def rm_force_of_a_paused_container(engine):
    container = engine.sleeper()
    engine.call("pause", container)
    engine.call("rm", "-f", container)
    expect(engine.call("ps", "-aq").output, "", "containers")


@check
def pause_ten_times(engine):
    container = engine.sleeper()
    for _ in range(10):
        engine.call("pause", container)
        engine.call("unpause", container)
    expect(engine.state(container), "running 0", "state")


@check
def top_shows_the_processes(engine):
    container = started(engine, "sleep 1002 & echo up; wait")
    text = engine.call("top", container).output
    assert "sleep 1002" in text and "wait" in text, text


@check
def top_with_options_of_ps(engine):
    container = engine.sleeper()
    text = engine.call("top", container, *engine.top_options).output
    expect(text.split()[-2:], [str(engine.init_pid(container)) if engine.top_shows_host_pids else "1", "sleep"],
           "last line")


@check
def top_shows_what_exec_started(engine):
    container = engine.sleeper()
    engine.exec(container, "-d", "--", "sleep", "1003")
    assert wait_until(lambda: "sleep 1003" in engine.call("top", container).output), engine.call("top", container).output
