"""dockerd that restarts while containers run, and how a runtime becomes known to it."""
import json
import os

from cli.ending import started
from docker.engine import Docker
from suite.checks import check, expect
from suite.commands import wait_until
from suite.examples import example
from suite.image import IMAGE


def other(engine, name, *flags, **options):
    """One more dockerd beside the first, without networks."""
    return Docker(os.path.join(engine.directory, name), engine.runtime, *flags, network=False, **options)


@check
def runtime_by_flag(engine):
    expect(engine.output("--runtime", "tested", "--", "echo", "chosen"), "chosen", "output")


@check
def example_of_daemon_json(engine):
    with other(engine, "json", config=example("docker/daemon.json", engine.runtime)) as docker:
        expect(docker.output("--network", "none", "--runtime", "berth", "--", "echo", "chosen"), "chosen", "output")


@check
def runtime_with_arguments_in_daemon_json(engine):
    arguments = ["--root", os.path.join(engine.directory, "chosen-root")]
    config = json.dumps({"runtimes": {"fromfile": {"path": engine.runtime, "runtimeArgs": arguments}}})
    with other(engine, "arguments", config=config) as docker:
        container = docker.sleeper("--network", "none", "--runtime", "fromfile")
        expect(docker.exec_output(container, "--", "echo", "inside"), "inside", "output of exec")
        docker.call("rm", "-f", container)


@check
def live_restore_keeps_containers(engine):
    with other(engine, "live", "--live-restore") as docker:
        container = started(docker, "echo up; while :; do sleep 0.1; test -e /tmp/go && echo gone on && break; done;"
                                    "sleep 1000", "--network", "none")
        pid = docker.init_pid(container)
        docker.daemon.stop()
        assert os.path.exists(f"/proc/{pid}"), "the container has ended with dockerd"
        docker.daemon.start()
        expect(docker.init_pid(container), pid, "pid")
        docker.exec(container, "--", "touch", "/tmp/go")
        assert wait_until(lambda: "gone on\n" in docker.call("logs", container).output), "no more logs"
        docker.call("pause", container)
        docker.call("unpause", container)
        docker.call("stop", "-t", "0", container)
        expect(docker.state(container), "exited 137", "state")
        docker.call("rm", container)


@check
def live_restore_after_a_kill(engine):
    with other(engine, "killed", "--live-restore") as docker:
        container = docker.sleeper("--network", "none")
        pid = docker.init_pid(container)
        docker.daemon.kill()
        docker.daemon.start()
        expect(docker.init_pid(container), pid, "pid")
        expect(docker.exec_output(container, "--", "echo", "alive"), "alive", "output")
        docker.call("rm", "-f", container)


@check
def container_that_ended_while_dockerd_was_away(engine):
    with other(engine, "away", "--live-restore") as docker:
        container = docker.sleeper("--network", "none")
        pid = docker.init_pid(container)
        docker.daemon.stop()
        os.kill(pid, 9)
        docker.daemon.start()
        assert wait_until(lambda: docker.state(container) == "exited 137"), docker.state(container)
        docker.call("start", container)
        expect(docker.state(container), "running 0", "state")


@check
def restart_policy_after_a_restart_of_dockerd(engine):
    with other(engine, "policy") as docker:
        docker.call("run", "-d", "--network", "none", "--restart", "always", "--name", "again", IMAGE, "sleep", "1000")
        docker.daemon.stop()
        docker.daemon.start()
        assert wait_until(lambda: docker.state("again") == "running 0"), docker.state("again")
        docker.call("rm", "-f", "again")
