"""The checks of docker_test.py: each is a function of the engine, its name is its line in the report.

A check asserts what a user of docker would see, or raises Skip with the reason why this host cannot
show it. It removes its containers through `docker run --rm` or leaves that to the closing check.
"""
import fcntl
import os
import struct
import subprocess
import termios
import time

from docker_engine import CGROUPS, IMAGE
from docker_terminal import Terminal

CHECKS = []


class Skip(Exception):
    """This host cannot show it; the text says why."""


def check(function):
    CHECKS.append(function)
    return function


def expect(actual, wanted, what):
    assert actual == wanted, f"{what}: {actual!r}, expected {wanted!r}"


def output_of(engine, *arguments):
    return engine.run(*arguments).output.strip()


# ---- what the process sees -------------------------------------------------------------------------


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
    inside = output_of(engine, "--", "sh", "-c",
                       "for n in ipc mnt net pid uts; do readlink /proc/self/ns/$n; done").split()
    ours = {os.readlink(f"/proc/self/ns/{name}") for name in ("ipc", "mnt", "net", "pid", "uts")}
    expect(len(inside), 5, "number of namespaces")
    assert not ours & set(inside), f"shared with the host: {ours & set(inside)}"


@check
def payload_is_pid_1(engine):
    expect(output_of(engine, "--", "sh", "-c", "echo $$"), "1", "pid")


@check
def bridge_network_is_up(engine):
    text = output_of(engine, "--", "ip", "-4", "addr")
    assert "127.0.0.1" in text and "172.30.0." in text, f"no lo or no eth0: {text}"


@check
def environment_and_working_directory(engine):
    text = output_of(engine, "-e", "COLOUR=blue", "-w", "/tmp", "--", "sh", "-c", "echo $COLOUR; pwd")
    expect(text, "blue\n/tmp", "variable and directory")


@check
def hostname_flag(engine):
    expect(output_of(engine, "--hostname", "harbour", "--", "hostname"), "harbour", "hostname")


@check
def user_flag(engine):
    text = output_of(engine, "--user", "1000:1000", "--", "sh", "-c", "id -u; id -g")
    expect(text, "1000\n1000", "uid and gid")


@check
def cap_drop_all(engine):
    text = output_of(engine, "--cap-drop", "ALL", "--", "grep", "-E", "^Cap(Prm|Eff|Bnd)",
                     "/proc/self/status")
    values = [line.split()[1] for line in text.splitlines()]
    expect([int(value, 16) for value in values], [0, 0, 0], "permitted, effective, bounding")


@check
def default_capabilities(engine):
    text = output_of(engine, "--", "grep", "^CapEff", "/proc/self/status")
    expect(int(text.split()[1], 16), 0xA80425FB, "Docker's fourteen")


@check
def no_new_privileges(engine):
    text = output_of(engine, "--security-opt", "no-new-privileges", "--", "grep", "^NoNewPrivs",
                     "/proc/self/status")
    expect(text.split()[1], "1", "NoNewPrivs")


@check
def ulimit_flag(engine):
    text = output_of(engine, "--ulimit", "nofile=200:300", "--", "sh", "-c", "ulimit -n; ulimit -Hn")
    expect(text, "200\n300", "soft and hard")


@check
def sysctl_flag(engine):
    text = output_of(engine, "--sysctl", "net.ipv4.ip_forward=1", "--", "cat",
                     "/proc/sys/net/ipv4/ip_forward")
    expect(text, "1", "net.ipv4.ip_forward")


@check
def standard_input_with_i(engine):
    done = subprocess.run(["docker", "-H", engine.socket, *engine.run_flags("--rm", "-i"), IMAGE, "cat"],
                          input="through\n", capture_output=True, text=True, timeout=60, check=False)
    expect((done.returncode, done.stdout), (0, "through\n"), "exit code and output")


# ---- files -----------------------------------------------------------------------------------------


def shared_directory(engine, name):
    path = os.path.join(engine.directory, name)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, "from-host"), "w", encoding="ascii") as file:
        file.write("host\n")
    return path


@check
def volume_is_read_and_written(engine):
    path = shared_directory(engine, "volume")
    text = output_of(engine, "-v", f"{path}:/data", "--", "sh", "-c",
                     "cat /data/from-host; echo inside > /data/from-container")
    expect(text, "host", "file of the host")
    with open(os.path.join(path, "from-container"), encoding="ascii") as file:
        expect(file.read(), "inside\n", "file of the container")


@check
def volume_ro_refuses_writes(engine):
    path = shared_directory(engine, "volume-ro")
    result = engine.run("-v", f"{path}:/data:ro", "--", "touch", "/data/new", check=False)
    assert result.code != 0 and "Read-only" in result.errors, str(result)
    expect(os.listdir(path), ["from-host"], "files")


@check
def read_only_root(engine):
    result = engine.run("--read-only", "--", "touch", "/new", check=False)
    assert result.code != 0 and "Read-only" in result.errors, str(result)


@check
def tmpfs_flag(engine):
    text = output_of(engine, "--read-only", "--tmpfs", "/scratch:size=1m", "--", "sh", "-c",
                     "touch /scratch/x && grep ' /scratch ' /proc/mounts")
    assert text.startswith("tmpfs /scratch tmpfs") and "size=1024k" in text, text


@check
def proc_paths_are_masked(engine):
    text = output_of(engine, "--", "sh", "-c", "wc -c < /proc/keys; echo x 2>&1 > /proc/sysrq-trigger; :")
    assert text.startswith("0"), f"/proc/keys can be read: {text}"
    result = engine.run("--", "sh", "-c", "echo 1 > /proc/sys/kernel/panic", check=False)
    assert result.code != 0, "/proc/sys can be written"


# ---- limits ----------------------------------------------------------------------------------------


def need_controller(name):
    """Skips where neither v1 nor v2 offers the cgroup controller."""
    if os.path.isdir(os.path.join(CGROUPS, name)):
        return
    try:
        with open(os.path.join(CGROUPS, "cgroup.controllers"), encoding="ascii") as file:
            if name in file.read().split():
                return
    except FileNotFoundError:
        pass
    raise Skip(f"no cgroup controller '{name}' here")


def limit_file(container, controller, v1_name, v2_name):
    """The text of the container's cgroup file, seen from outside."""
    v1_path = os.path.join(CGROUPS, controller, "docker", container, v1_name)
    v2_path = os.path.join(CGROUPS, "docker", container, v2_name)
    path = v1_path if os.path.isdir(os.path.join(CGROUPS, controller)) else v2_path
    with open(path, encoding="ascii") as stream:
        return stream.read().strip()


@check
def memory_limit(engine):
    need_controller("memory")
    container = engine.detached("-m", "64m", "--", "sleep", "1000")
    value = limit_file(container, "memory", "memory.limit_in_bytes", "memory.max")
    expect(value, str(64 << 20), "limit")


@check
def memory_limit_inside(engine):
    need_controller("memory")
    text = output_of(engine, "-m", "64m", "--", "sh", "-c", "cd /sys/fs/cgroup; "
                     "cat memory/memory.limit_in_bytes 2>/dev/null || cat memory.max")
    expect(text, str(64 << 20), "limit")


@check
def cpus_limit(engine):
    need_controller("cpu")
    container = engine.detached("--cpus", "0.5", "--", "sleep", "1000")
    quota = limit_file(container, "cpu", "cpu.cfs_quota_us", "cpu.max")
    if " " in quota:
        expect(quota, "50000 100000", "cpu.max")
        return
    period = limit_file(container, "cpu", "cpu.cfs_period_us", "cpu.max")
    expect((quota, period), ("50000", "100000"), "quota and period")


@check
def pids_limit(engine):
    need_controller("pids")
    container = engine.detached("--pids-limit", "33", "--", "sleep", "1000")
    expect(limit_file(container, "pids", "pids.max", "pids.max"), "33", "pids.max")


@check
def foreign_devices_are_refused(engine):
    result = engine.run("--", "sh", "-c", "mknod /disk b 7 0 && cat /disk", check=False)
    assert "Operation not permitted" in result.errors, str(result)


# ---- exit codes and lifecycle ------------------------------------------------------------------------


@check
def exit_code_is_passed_on(engine):
    expect(engine.run("--", "sh", "-c", "exit 7", check=False).code, 7, "exit code")


@check
def missing_program_gives_127(engine):
    result = engine.run("--", "/no/such/program", check=False)
    expect(result.code, 127, f"exit code ({result.errors.strip()})")
    assert "/no/such/program" in result.errors, f"the error does not name it: {result.errors}"


@check
def program_not_in_path_gives_127(engine):
    result = engine.run("--", "no-such-program", check=False)
    expect(result.code, 127, f"exit code ({result.errors.strip()})")


@check
def file_not_executable_gives_126(engine):
    result = engine.run("--", "/etc/passwd", check=False)
    expect(result.code, 126, f"exit code ({result.errors.strip()})")


@check
def stop_lets_the_process_end(engine):
    container = engine.detached("--", "sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done")
    assert engine.wait_until(lambda: engine.docker("logs", container).output == "up\n", 10), "not up"
    engine.docker("stop", "-t", "20", container)
    expect(engine.inspect(container, "{{.State.Status}} {{.State.ExitCode}}"), "exited 5", "state")


@check
def stop_kills_after_its_time(engine):
    container = engine.detached("--", "sleep", "1000")
    begin = time.monotonic()
    engine.docker("stop", "-t", "1", container)
    expect(engine.inspect(container, "{{.State.ExitCode}}"), "137", "exit code")
    assert time.monotonic() - begin < 20, "took too long"


@check
def kill_sends_the_signal(engine):
    container = engine.detached("--", "sh", "-c", "trap 'exit 9' USR1; echo up; while :; do sleep 0.1; done")
    assert engine.wait_until(lambda: engine.docker("logs", container).output == "up\n", 10), "not up"
    engine.docker("kill", "-s", "USR1", container)
    expect(engine.docker("wait", container).output, "9\n", "exit code")


@check
def logs_of_a_detached_container(engine):
    container = engine.detached("--", "sh", "-c", "echo first; echo second >&2")
    engine.docker("wait", container)
    result = engine.docker("logs", container)
    expect((result.output, result.errors), ("first\n", "second\n"), "output and errors")


@check
def stopped_container_starts_again(engine):
    container = engine.detached("--", "sh", "-c", "echo again")
    engine.docker("wait", container)
    engine.docker("start", container)
    engine.docker("wait", container)
    expect(engine.docker("logs", container).output, "again\nagain\n", "output")


@check
def two_containers_at_once(engine):
    first, second = (engine.detached("--", "sleep", "1000") for _ in range(2))
    engine.docker("rm", "-f", first)
    expect(engine.inspect(second, "{{.State.Running}}"), "true", "the other one runs")


# ---- a terminal --------------------------------------------------------------------------------------


@check
def shell_on_a_terminal(engine):
    with Terminal(engine, *engine.run_flags("--rm", "-it"), IMAGE, "sh") as terminal:
        terminal.wait_for("# ")
        terminal.send("tty; echo d''one")
        terminal.wait_for(r"/dev/(pts/\d+|console)\r\n(.|\n)*done")
        terminal.wait_for_size(33, 111)
        terminal.send("exit 3")
        expect(terminal.exit_code(), 3, "exit code")


@check
def terminal_follows_the_window(engine):
    with Terminal(engine, *engine.run_flags("--rm", "-it"), IMAGE, "sh") as terminal:
        terminal.wait_for("# ")
        terminal.wait_for_size(33, 111)
        fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 70, 0, 0))
        terminal.wait_for_size(20, 70)
        terminal.send("exit")
        expect(terminal.exit_code(), 0, "exit code")


@check
def interrupt_key_reaches_the_process(engine):
    with Terminal(engine, *engine.run_flags("--rm", "-it"), IMAGE, "sh", "-c",
                  "trap 'echo caught; exit 4' INT; echo r''eady; while :; do sleep 0.1; done") as terminal:
        terminal.wait_for("ready")
        os.write(terminal.fd, b"\x03")
        terminal.wait_for("caught")
        expect(terminal.exit_code(), 4, "exit code")
