"""exec: its output, its place in the container, its identity."""
import concurrent.futures

from cli.ending import started
from suite.checks import check, expect
from suite.commands import wait_until

NAMESPACES = "for n in cgroup ipc mnt net pid uts user; do readlink /proc/{}/ns/$n; done"


@check
def exec_prints_hello(engine):
    result = engine.exec(engine.sleeper(), "--", "echo", "hello")
    expect((result.output, result.errors), ("hello\n", ""), "output and errors")


@check
def exec_output_and_errors_stay_apart(engine):
    result = engine.exec(engine.sleeper(), "--", "sh", "-c", "echo out; echo err >&2")
    expect((result.output, result.errors), ("out\n", "err\n"), "output and errors")


@check
def exec_exit_code_is_passed_on(engine):
    expect(engine.exec(engine.sleeper(), "--", "sh", "-c", "exit 7", check=False).code, 7, "exit code")


@check
def exec_standard_input_with_i(engine):
    result = engine.exec(engine.sleeper(), "-i", "--", "cat", stdin="through\n")
    expect(result.output, "through\n", "output")


@check
def exec_much_output_is_complete(engine):
    result = engine.exec(engine.sleeper(), "--", "seq", "200000")
    expect(result.output.count("\n"), 200000, "lines")


@check
def exec_joins_all_namespaces(engine):
    container = engine.sleeper()
    of_init, of_exec = (engine.exec_output(container, "--", "sh", "-c", NAMESPACES.format(pid))
                        for pid in ("1", "self"))
    expect(of_exec, of_init, "namespaces")


@check
def exec_is_in_the_cgroup(engine):
    container = engine.sleeper()
    text = engine.exec_output(container, "--", "sh", "-c", "cat /proc/1/cgroup; echo; cat /proc/self/cgroup")
    of_init, of_exec = text.split("\n\n")
    expect(of_exec, of_init, "cgroups")


@check
def exec_sees_the_root_of_the_container(engine):
    container = started(engine, "echo mine > /data/mine; echo up; sleep 1000")
    expect(engine.exec_output(container, "--", "cat", "/data/mine"), "mine", "file")


@check
def exec_user_flag(engine):
    text = engine.exec_output(engine.sleeper(), "-u", "1000:1000", "--", "sh", "-c", "id -u; id -g")
    expect(text, "1000\n1000", "uid and gid")


@check
def exec_has_the_user_of_the_container(engine):
    expect(engine.exec_output(engine.sleeper("-u", "1000"), "--", "id", "-u"), "1000", "uid")


@check
def exec_environment_and_working_directory(engine):
    container = engine.sleeper("-e", "FIRST=1", "-w", "/home")
    text = engine.exec_output(container, "-e", "SECOND=2", "--", "sh", "-c", "echo $FIRST $SECOND; pwd")
    expect(text, "1 2\n/home", "variables and directory")
    expect(engine.exec_output(container, "-w", "/tmp", "--", "pwd"), "/tmp", "directory")


@check
def exec_has_the_capabilities_of_the_container(engine):
    container = engine.sleeper("--cap-drop", "ALL", "--cap-add", "CHOWN")
    text = engine.exec_output(container, "--", "grep", "-E", "^Cap(Prm|Eff|Bnd)", "/proc/self/status")
    expect([int(line.split()[1], 16) for line in text.splitlines()], [1, 1, 1], "permitted, effective, bounding")


@check
def exec_has_the_seccomp_filter(engine):
    text = engine.exec_output(engine.sleeper(), "--", "grep", "^Seccomp:", "/proc/self/status")
    expect(text.split()[1], "2", "mode")


@check
def exec_has_no_new_privileges_of_the_container(engine):
    container = engine.sleeper("--security-opt", "no-new-privileges")
    text = engine.exec_output(container, "--", "grep", "^NoNewPrivs", "/proc/self/status")
    expect(text.split()[1], "1", "NoNewPrivs")


@check
def exec_has_only_three_descriptors(engine):
    # ls has one more open: the directory that it reads.
    text = engine.exec_output(engine.sleeper(), "--", "ls", "/proc/self/fd")
    expect(text.split(), ["0", "1", "2", "3"], "descriptors")


@check
def exec_privileged_has_all_capabilities(engine):
    text = engine.exec_output(engine.sleeper(), "--privileged", "--", "grep", "^CapEff", "/proc/self/status")
    assert int(text.split()[1], 16) & 1 << 21, f"no CAP_SYS_ADMIN: {text}"


@check
def exec_detached(engine):
    container = engine.sleeper()
    engine.exec(container, "-d", "--", "sh", "-c", "echo done > /tmp/done")
    assert wait_until(lambda: engine.exec(container, "--", "cat", "/tmp/done", check=False).output == "done\n"), "no file"


@check
def exec_ends_with_its_container(engine):
    container = engine.sleeper()
    engine.exec(container, "-d", "--", "sh", "-c", "touch /tmp/up; exec sleep 1000")
    assert wait_until(lambda: engine.exec(container, "--", "test", "-e", "/tmp/up", check=False).code == 0), "not up"
    engine.call("rm", "-f", container)  # the closing check finds the process if it is still there


@check
def exec_is_reaped(engine):
    container = engine.sleeper()
    for _ in range(5):
        engine.exec(container, "--", "true")
    text = engine.exec_output(container, "--", "sh", "-c", "cat /proc/[0-9]*/stat | grep -c ' Z ' || true")
    expect(text, "0", "zombies")


@check
def exec_eight_at_once(engine):
    container = engine.sleeper()

    def one(number):
        result = engine.exec(container, "--", "sh", "-c", f"seq {number}000; exit {number}", check=False)
        return result.code, result.output.count("\n")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(1, 17)))
    expect(found, [(number, number * 1000) for number in range(1, 17)], "exit codes and lines")
