"""podman's own ways to run: --rootfs, without cgroups, systemd mode, hooks, passed descriptors, sd_notify."""
import json
import os
import socket
import tarfile

from cli.ending import started
from suite.checks import check, expect, expect_in
from suite.cgroups import paths
from suite.commands import run, wait_until
from suite.image import IMAGE, write_root


@check
def rootfs_flag(engine):
    path = engine.shared_directory("rootfs")
    archive = os.path.join(path, "root.tar")
    with tarfile.open(archive, "w") as tar:
        write_root(tar)
    root = os.path.join(path, "root")
    os.mkdir(root)
    run(["tar", "-C", root, "-xf", archive])
    if engine.rootless:
        run(["chown", "-R", f"{engine.UID}:{engine.UID}", root])
    result = engine.call("run", "--rm", "--rootfs", root, "cat", "/etc/group")
    expect_in("extra:x:2000:user", result.output, "file of the root")


@check
def cgroups_disabled(engine):
    container = engine.detached("--cgroups=disabled", "--", "sleep", "1000")
    pid = engine.init_pid(container)
    assert not [path for path in paths(pid).values() if "libpod" in path and container in path], paths(pid)
    expect(engine.exec_output(container, "--", "echo", "alive"), "alive", "output of exec")


@check
def systemd_mode(engine):
    container = engine.detached("--systemd=always", "--", "sleep", "1000")
    text = engine.exec_output(container, "--", "sh", "-c", "tr '\\0' '\\n' < /proc/1/environ; cat /proc/mounts")
    expect_in("container=", text, "environment")
    for path in ("/run", "/tmp", "/var/log/journal"):
        expect_in(f"tmpfs {path} tmpfs", text, "mounts")


@check
def systemd_mode_can_make_cgroups(engine):
    container = engine.detached("--systemd=always", "--", "sleep", "1000")
    result = engine.exec(container, "--", "sh", "-c", "cd /sys/fs/cgroup; test -d systemd && cd systemd; "
                         "mkdir below && rmdir below", check=False)
    expect(result.code, 0, f"exit code ({result.errors.strip()})")


@check
def hooks_of_a_directory_are_called(engine):
    path = engine.shared_directory("hooks")
    hook, out = os.path.join(path, "hook"), os.path.join(path, "out")
    with open(hook, "w", encoding="ascii") as file:
        file.write(f'#!/bin/sh\necho "$1 $(cat)" >> {out}\n')
    os.chmod(hook, 0o755)
    configuration = {"version": "1.0.0", "hook": {"path": hook, "args": ["hook", "called"]},
                     "when": {"always": True}, "stages": ["createRuntime", "poststop"]}
    with open(os.path.join(path, "hook.json"), "w", encoding="ascii") as file:
        json.dump(configuration, file)
    result = run(engine.command("--hooks-dir", path, "run", "--rm", IMAGE, "echo", "hi"))
    expect(result.output, "hi\n", "output")
    with open(out, encoding="utf-8") as file:
        states = [json.loads(line.split(" ", 1)[1]) for line in file]
    assert states and states[0]["pid"] > 0 and states[0]["bundle"], f"states: {states}"


@check
def preserve_fds_flag(engine):
    path = engine.shared_directory("descriptors")
    # sh opens 3 of the host, as a user of the flag does.
    command = ["sh", "-c", f'exec 3< {path}/from-host; exec "$@"', "sh",
               *engine.command("run", "--rm", "--preserve-fds", "1", IMAGE, "sh", "-c", "cat <&3")]
    expect(run(command).output, "host\n", "what descriptor 3 reads")


@check
def sdnotify_of_the_container(engine):
    """The payload says READY=1 through the socket that the runtime passes on."""
    path = os.path.join(engine.shared_directory("notify"), "socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(path)
        os.chmod(path, 0o777)
        receiver.settimeout(30)
        command = engine.command("run", "-d", "--sdnotify=conmon", IMAGE, "sleep", "1000")
        at = command.index("podman")
        run(command[:at] + ["env", f"NOTIFY_SOCKET={path}"] + command[at:])
        received = receiver.recv(4096).decode()
    expect_in("MAINPID=", received, "message")


@check
def example_of_containers_conf(engine):
    path = run(engine.command("--runtime", "berth", "info", "--format", "{{.Host.OCIRuntime.Path}}")).output.strip()
    expect(path, engine.runtime, "the path of the runtime called berth")
    container = run(engine.command("--runtime", "berth", "run", "-d", "--cgroups=disabled", IMAGE, "sleep", "1000"))
    expect(engine.exec_output(container.output.strip(), "--", "echo", "inside"), "inside", "output of exec")


@check
def output_is_only_the_containers_without_json_log(engine):
    """A runtime whose name podman does not know gets no log file: its stderr is the container's."""
    renamed = os.path.join(os.path.dirname(engine.runtime), "renamed")
    if not os.path.exists(renamed):
        os.link(engine.runtime, renamed)
    container = run(engine.command("--runtime", renamed, "run", "-d", IMAGE, "echo", "hi")).output.strip()
    run(engine.command("--runtime", renamed, "wait", container))
    result = run(engine.command("--runtime", renamed, "logs", container))
    expect((result.output, result.errors), ("hi\n", ""), "output and errors")


@check
def exec_during_the_end_leaves_nothing(engine):
    container = started(engine, "echo up; sleep 0.3")
    assert wait_until(lambda: engine.exec(container, "--", "true", check=False).code != 0), "it does not end"
    assert wait_until(lambda: engine.state(container) == "exited 0"), engine.state(container)
