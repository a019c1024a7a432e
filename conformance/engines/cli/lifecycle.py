"""Containers in the background: logs, start again, restart and its policies, rename, commit."""
from cli.ending import started
from suite.checks import check, expect, expect_in
from suite.commands import wait_until
from suite.image import IMAGE


@check
def logs_of_a_detached_container(engine):
    container = engine.detached("--", "sh", "-c", "echo first; echo second >&2")
    engine.call("wait", container)
    result = engine.call("logs", container)
    expect((result.output, result.errors), ("first\n", "second\n"), "output and errors")


@check
def stopped_container_starts_again(engine):
    container = engine.detached("--", "sh", "-c", "echo again")
    engine.call("wait", container)
    engine.call("start", container)
    engine.call("wait", container)
    assert wait_until(lambda: engine.call("logs", container).output == "again\nagain\n"), "output"


@check
def restart_begins_a_new_process(engine):
    container = engine.sleeper()
    before = engine.init_pid(container)
    engine.call("restart", "-t", "0", container)
    expect(engine.state(container), "running 0", "state")
    assert engine.init_pid(container) != before, "the process is still the first one"


@check
def two_containers_at_once(engine):
    first, second = (engine.sleeper() for _ in range(2))
    engine.call("rm", "-f", first)
    expect(engine.inspect(second, "{{.State.Running}}"), "true", "the other one runs")


@check
def restart_on_failure_stops_after_its_count(engine):
    container = engine.detached("--restart", "on-failure:2", "--", "sh", "-c", "echo tried; exit 3")
    assert wait_until(lambda: engine.state(container) == "exited 3" and
                      engine.call("logs", container).output.count("tried") == 3), engine.state(container)


@check
def restart_always_after_a_kill(engine):
    container = started(engine, "echo up; sleep 1000", "--restart", "always", "--init")
    pid = engine.init_pid(container)
    engine.exec(container, "--", "sh", "-c", "kill -9 -1; exit 0", check=False)
    assert wait_until(lambda: engine.inspect(container, "{{.State.Running}}") == "true" and
                      engine.init_pid(container) not in (0, pid)), engine.state(container)
    engine.call("stop", "-t", "0", container)


@check
def create_then_start(engine):
    container = engine.call("create", IMAGE, "echo", "later").output.strip()
    expect(engine.call("start", "-a", container).output, "later\n", "output")


@check
def rename_of_a_running_container(engine):
    engine.sleeper("--name", "early")
    engine.call("rename", "early", "late")
    expect(engine.inspect("late", "{{.State.Running}}"), "true", "running")


@check
def commit_makes_an_image(engine):
    container = started(engine, "echo kept > /data/kept; echo up; sleep 1000")
    engine.call("commit", container, "localhost/committed")
    expect(engine.call("run", "--rm", "localhost/committed", "cat", "/data/kept").output, "kept\n", "file")
    engine.call("rmi", "-f", "localhost/committed")


@check
def diff_shows_what_was_written(engine):
    container = started(engine, "touch /data/new; echo up; sleep 1000")
    expect_in("A /data/new", engine.call("diff", container).output, "diff")
