"""Exit codes, missing programs, stop, kill, wait, restart."""
import os

from suite.checks import check, expect, expect_in
from suite.commands import wait_until
from suite.image import IMAGE

UNTIL_TERM = "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done"
UNTIL_USR1 = "trap 'exit 9' USR1; echo up; while :; do sleep 0.1; done"


def started(engine, script, *flags):
    """A container that has printed "up"."""
    container = engine.detached(*flags, "--", "sh", "-c", script)
    assert wait_until(lambda: "up\n" in engine.call("logs", container).output), "not up"
    return container


@check
def exit_code_is_passed_on(engine):
    expect(engine.run("--", "sh", "-c", "exit 7", check=False).code, 7, "exit code")


@check
def death_by_a_signal_gives_128_and_its_number(engine):
    expect(engine.run("--init", "--", "sh", "-c", "kill -USR2 $$", check=False).code, 128 + 12, "exit code")


@check
def missing_program_gives_127(engine):
    result = engine.run("--", "/no/such/program", check=False)
    expect(result.code, 127, f"exit code ({result.errors.strip()})")
    expect_in("/no/such/program", result.errors, "error")


@check
def program_not_in_path_gives_127(engine):
    result = engine.run("--", "no-such-program", check=False)
    expect(result.code, 127, f"exit code ({result.errors.strip()})")


@check
def empty_program_gives_127(engine):
    result = engine.run("--entrypoint", "", "--", "", check=False)
    expect(result.code, 127, f"exit code ({result.errors.strip()})")


@check
def file_not_executable_gives_126(engine):
    result = engine.run("--", "/etc/passwd", check=False)
    expect(result.code, 126, f"exit code ({result.errors.strip()})")


@check
def directory_as_program_gives_126(engine):
    result = engine.run("--", "/etc", check=False)
    expect(result.code, 126, f"exit code ({result.errors.strip()})")


@check
def failed_start_leaves_a_container_that_can_be_removed(engine):
    engine.call("run", "--name", "failed", IMAGE, "/no/such/program", check=False)
    engine.call("rm", "failed")


@check
def stop_lets_the_process_end(engine):
    container = started(engine, UNTIL_TERM)
    engine.call("stop", "-t", "20", container)
    expect(engine.state(container), "exited 5", "state")


@check
def stop_kills_after_its_time(engine):
    container = engine.sleeper()
    engine.call("stop", "-t", "1", container)
    expect(engine.state(container), "exited 137", "state")


@check
def stop_signal_flag(engine):
    container = started(engine, UNTIL_USR1, "--stop-signal", "USR1")
    engine.call("stop", "-t", "20", container)
    expect(engine.state(container), "exited 9", "state")


@check
def kill_sends_the_signal(engine):
    container = started(engine, UNTIL_USR1)
    engine.call("kill", "-s", "USR1", container)
    expect(engine.call("wait", container).output, "9\n", "exit code")


@check
def kill_without_a_signal_kills(engine):
    container = engine.sleeper()
    engine.call("kill", container)
    expect(engine.call("wait", container).output, "137\n", "exit code")


@check
def kill_of_a_stopped_container_is_an_error(engine):
    container = engine.detached("--", "true")
    engine.call("wait", container)
    result = engine.call("kill", container, check=False)
    assert result.code != 0 and "running" in result.errors, str(result)


@check
def rm_force_of_a_running_container(engine):
    container = engine.sleeper()
    engine.call("rm", "-f", container)
    expect(engine.call("ps", "-aq").output, "", "containers")


@check
def container_without_a_pid_namespace_is_ended_whole(engine):
    container = started(engine, "sleep 1234 & sleep 1235 & echo up; wait", "--pid", "host")
    engine.call("rm", "-f", container)
    assert wait_until(lambda: not sleeping(("1234", "1235"))), f"still there: {sleeping(('1234', '1235'))}"


def sleeping(seconds):
    """The pids of `sleep SECONDS` on the host."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                words = file.read().split("\0")
        except OSError:
            continue
        if words[0] == "sleep" and words[1] in seconds:
            found.append(pid)
    return found
