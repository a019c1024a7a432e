"""dockerd with --userns-remap: containers in a user namespace."""
import os

from docker.engine import Docker
from suite.checks import check, expect

USER = "remapped"
LINES = {"passwd": f"{USER}:x:64999:64999::/nonexistent:/usr/sbin/nologin\n", "group": f"{USER}:x:64999:\n",
         "subuid": f"{USER}:300000:65536\n", "subgid": f"{USER}:300000:65536\n"}


def remapped(engine, name):
    add_user()
    return Docker(os.path.join(engine.directory, name), engine.runtime, "--userns-remap", USER, network=False)


def add_user():
    """In the private place, whose /etc is a layer of its own."""
    for name, line in LINES.items():
        with open(f"/etc/{name}", "a+", encoding="utf-8") as file:
            file.seek(0)
            if line not in file.read():
                file.write(line)


@check
def remapped_run_and_exec(engine):
    with remapped(engine, "remapped") as docker:
        expect(docker.output("--network", "none", "--", "cat", "/proc/self/uid_map").split(), ["0", "300000", "65536"], "map")
        container = docker.sleeper("--network", "none")
        expect(os.stat(f"/proc/{docker.init_pid(container)}").st_uid, 300000, "uid on the host")
        expect(docker.exec_output(container, "--", "sh", "-c", "id -u; touch /data/x && stat -c %u /data/x"), "0\n0",
               "uids inside")
        expect(docker.exec_output(container, "-u", "1000", "--", "id", "-u"), "1000", "uid of exec")
        docker.call("rm", "-f", container)


@check
def remapped_pause_and_top(engine):
    with remapped(engine, "remapped-pause") as docker:
        container = docker.sleeper("--network", "none")
        docker.call("pause", container)
        docker.call("unpause", container)
        assert "sleep 1000" in docker.call("top", container).output, "no sleep in top"


@check
def remapped_with_the_hosts_user_namespace(engine):
    with remapped(engine, "remapped-host") as docker:
        text = docker.output("--network", "none", "--userns", "host", "--", "cat", "/proc/self/uid_map")
        expect(text.split(), ["0", "0", "4294967295"], "map")
