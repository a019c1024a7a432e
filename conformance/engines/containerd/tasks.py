"""Tasks: what users of ctr see, and through it every client of containerd's API."""
import json
import os

from cli.terminals import look_around
from suite import cgroups
from suite.checks import check, expect, expect_in
from suite.commands import wait_until


@check
def task_prints_hello(engine):
    result = engine.run("hello", "--", "echo", "hello")
    expect((result.output, result.errors), ("hello\n", ""), "output and errors")


@check
def task_exit_code_is_passed_on(engine):
    expect(engine.run("code", "--", "sh", "-c", "exit 7", check=False).code, 7, "exit code")


@check
def task_environment_and_directory(engine):
    text = engine.run("env", "--env", "COLOUR=blue", "--cwd", "/tmp", "--", "sh", "-c", "echo $COLOUR; pwd").output
    expect(text, "blue\n/tmp\n", "variable and directory")


@check
def task_with_a_mount(engine):
    path = os.path.join(engine.directory, "mount")
    os.makedirs(path)
    text = engine.run("mount", "--mount", f"type=bind,src={path},dst=/data,options=rbind:ro", "--",
                      "sh", "-c", "touch /data/x 2>&1; true").output
    expect_in("Read-only", text, "touch")


@check
def task_with_a_read_only_root(engine):
    text = engine.run("readonly", "--read-only", "--", "sh", "-c", "touch /x 2>&1; true").output
    expect_in("Read-only", text, "touch")


@check
def task_without_streams_can_write(engine):
    """Its three descriptors are /dev/null, opened for reading only."""
    path = os.path.join(engine.directory, "null-io")
    os.makedirs(path)
    engine.ctr(*engine.run_command("null", "-d", "--null-io", "--mount", f"type=bind,src={path},dst=/data,options=rbind:rw",
                                   "--", "sh", "-c", "echo hi; echo $? > /data/code"))
    code = os.path.join(path, "code")
    assert wait_until(lambda: os.path.exists(code) and os.path.getsize(code)), "no exit code"
    with open(code, encoding="ascii") as file:
        expect(file.read(), "0\n", "exit code of echo")


@check
def task_on_a_terminal(engine):
    with engine.terminal(*engine.run_command("terminal", "--rm", "-t", "--", "sh")) as terminal:
        look_around(terminal)


@check
def task_with_a_missing_program(engine):
    result = engine.run("missing", "--", "/no/such/program", check=False)
    assert result.code != 0, str(result)
    expect_in("/no/such/program", result.errors, "error")


@check
def task_is_listed_and_killed(engine):
    name = engine.sleeper("killed")
    expect(engine.task_state(name), "RUNNING", "state")
    engine.ctr("tasks", "kill", "-s", "SIGKILL", name)
    assert wait_until(lambda: engine.task_state(name) in ("", "STOPPED")), engine.task_state(name)


@check
def task_receives_a_signal(engine):
    path = os.path.join(engine.directory, "signal")
    os.makedirs(path)
    engine.ctr(*engine.run_command("signal", "-d", "--null-io", "--mount", f"type=bind,src={path},dst=/data,options=rbind:rw",
                                   "--", "sh", "-c", "trap 'touch /data/got' USR1; touch /data/up; while :; do sleep 0.1; done"))
    assert wait_until(lambda: os.path.exists(path + "/up")), "not up"
    engine.ctr("tasks", "kill", "-s", "SIGUSR1", "signal")
    assert wait_until(lambda: os.path.exists(path + "/got")), "no signal"


@check
def task_exec_prints(engine):
    result = engine.exec(engine.sleeper("exec"), "echo", "hello")
    expect((result.output, result.errors), ("hello\n", ""), "output and errors")


@check
def task_exec_exit_code_is_passed_on(engine):
    expect(engine.exec(engine.sleeper("exec-code"), "sh", "-c", "exit 7", check=False).code, 7, "exit code")


@check
def task_exec_as_a_user(engine):
    result = engine.ctr("tasks", "exec", "--exec-id", "user", "--user", "1000", engine.sleeper("exec-user"), "id", "-u")
    expect(result.output, "1000\n", "uid")


@check
def task_exec_on_a_terminal(engine):
    name = engine.sleeper("exec-terminal")
    with engine.terminal("tasks", "exec", "-t", "--exec-id", "shell", name, "sh") as terminal:
        look_around(terminal)


@check
def task_exec_of_a_missing_program(engine):
    result = engine.exec(engine.sleeper("exec-missing"), "/no/such/program", check=False)
    assert result.code != 0, str(result)
    expect_in("/no/such/program", result.errors, "error")


@check
def task_is_paused_and_resumed(engine):
    name = engine.sleeper("paused")
    engine.ctr("tasks", "pause", name)
    expect(engine.task_state(name), "PAUSED", "state")
    assert engine.exec(name, "true", check=False).code != 0, "exec in a paused task"
    engine.ctr("tasks", "resume", name)
    expect(engine.task_state(name), "RUNNING", "state")


@check
def paused_task_is_removed(engine):
    name = engine.sleeper("paused-removed")
    engine.ctr("tasks", "pause", name)
    engine.ctr("tasks", "rm", "-f", name)
    expect(engine.task_state(name), "", "state")


@check
def task_ps_shows_its_processes(engine):
    name = engine.sleeper("ps")
    engine.ctr("tasks", "exec", "-d", "--exec-id", "second", name, "sleep", "1001")
    pids = [line.split()[0] for line in engine.ctr("tasks", "ps", name).output.splitlines()[1:]]
    expect(len(pids), 2, "number of processes")
    assert str(engine.pid(name)) in pids, f"init is not in {pids}"


@check
def task_metrics(engine):
    name = engine.sleeper("metrics")
    metrics = json.loads(engine.ctr("tasks", "metrics", "--format", "json", name).output)
    assert metrics, "no metrics"


@check
def task_memory_limit(engine):
    name = engine.sleeper("limit", "--memory-limit", str(64 << 20))
    value = cgroups.read(engine.pid(name), "memory", "memory.limit_in_bytes", "memory.max")
    expect(value, str(64 << 20), "limit")


@check
def task_in_the_hosts_network(engine):
    text = engine.run("net-host", "--net-host", "--", "readlink", "/proc/self/ns/net").output.strip()
    expect(text, os.readlink("/proc/self/ns/net"), "net namespace")


@check
def task_in_another_namespace_of_containerd(engine):
    engine.ctr("-n", "other", "images", "import", engine.directory + "/image.tar")
    result = engine.ctr("-n", "other", *engine.run_command("elsewhere", "--rm", "--", "echo", "there"))
    expect(result.output, "there\n", "output")
    engine.ctr("-n", "other", "images", "rm", "localhost/bb:latest", "localhost/pause:latest")
