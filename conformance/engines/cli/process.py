"""What the process sees: output, namespaces, environment, standard input."""
import os

from suite.checks import check, expect
from suite.image import IMAGE


@check
def run_prints_hello(engine):
    result = engine.run("--", "echo", "hello")
    expect(result.output, "hello\n", "output")
    expect(result.errors, "", "errors")


@check
def output_and_errors_stay_apart(engine):
    result = engine.run("--", "sh", "-c", "echo out; echo err >&2")
    expect((result.output, result.errors), ("out\n", "err\n"), "output and errors")


@check
def container_has_its_own_namespaces(engine):
    inside = engine.output("--", "sh", "-c", "for n in ipc mnt net pid uts; do readlink /proc/self/ns/$n; done").split()
    ours = {os.readlink(f"/proc/self/ns/{name}") for name in ("ipc", "mnt", "net", "pid", "uts")}
    expect(len(inside), 5, "number of namespaces")
    assert not ours & set(inside), f"shared with the host: {ours & set(inside)}"


@check
def payload_is_pid_1(engine):
    expect(engine.output("--", "sh", "-c", "echo $$"), "1", "pid")


@check
def only_three_descriptors_are_open(engine):
    # ls has one more open: the directory that it reads.
    expect(engine.output("--", "ls", "/proc/self/fd").split(), ["0", "1", "2", "3"], "descriptors")


@check
def no_signal_is_blocked_or_ignored(engine):
    text = engine.output("--", "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
    expect([int(line.split()[1], 16) for line in text.splitlines()], [0, 0], "blocked and ignored")


@check
def environment_and_working_directory(engine):
    text = engine.output("-e", "COLOUR=blue", "-w", "/tmp", "--", "sh", "-c", "echo $COLOUR; pwd")
    expect(text, "blue\n/tmp", "variable and directory")


@check
def hostname_flag(engine):
    expect(engine.output("--hostname", "harbour", "--", "hostname"), "harbour", "hostname")


@check
def entrypoint_flag(engine):
    expect(engine.output("--entrypoint", "/bin/echo", "--", "from", "echo"), "from echo", "output")


@check
def init_flag(engine):
    text = engine.output("--init", "--", "sh", "-c", "cat /proc/1/comm; echo $$")
    init, pid = text.split()
    assert "init" in init or "tini" in init, f"pid 1 is {init}"
    assert pid != "1", "the payload is pid 1"


@check
def standard_input_with_i(engine):
    result = engine.run("-i", "--", "cat", stdin="through\n")
    expect(result.output, "through\n", "output")


@check
def much_output_is_complete(engine):
    result = engine.run("--", "sh", "-c", "seq 200000")
    expect(result.output.count("\n"), 200000, "lines")
    expect(result.output.rstrip().rpartition("\n")[2], "200000", "last line")


@check
def attach_shows_the_output(engine):
    container = engine.call("create", "-i", IMAGE, "cat").output.strip()
    result = engine.call("start", "-a", "-i", container, stdin="typed\n")
    expect(result.output, "typed\n", "output")
