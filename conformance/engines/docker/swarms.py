"""A swarm of one node whose service runs on the runtime by default."""
import os
import subprocess

from docker.engine import Docker
from suite.checks import check, expect
from suite.commands import wait_until
from suite.image import IMAGE


def running(docker):
    return docker.call("ps", "-q", "--filter", "label=com.docker.swarm.service.name=crew").output.split()


@check
def swarm_service_of_ten_replicas(engine):
    with Docker(os.path.join(engine.directory, "swarm"), engine.runtime, network=False) as docker:
        docker.call("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
        docker.call("service", "create", "--detach", "--name", "crew", "--network", "host", "--replicas", "10",
                    "--no-resolve-image", "--health-cmd", "true", "--health-interval", "1s", IMAGE, "sleep", "1000")
        assert wait_until(lambda: len(running(docker)) == 10, 60), f"running: {len(running(docker))}"
        expect({docker.inspect(container, "{{.HostConfig.Runtime}}") for container in running(docker)}, {"tested"}, "runtime")
        first = running(docker)[0]
        os.kill(docker.init_pid(first), 9)
        assert wait_until(lambda: len(running(docker)) == 10 and first not in running(docker), 60), "no replacement"
        docker.call("service", "scale", "--detach", "crew=2")
        assert wait_until(lambda: len(running(docker)) == 2, 60), f"running: {len(running(docker))}"
        docker.call("service", "rm", "crew")
        assert wait_until(lambda: not running(docker), 60), f"running: {len(running(docker))}"
        docker.call("swarm", "leave", "--force")
    subprocess.run(["ip", "link", "delete", "docker_gwbridge"], check=True)  # dockerd keeps it
