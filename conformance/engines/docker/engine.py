"""A dockerd of our own whose default runtime is the one under test."""
import os

from cli.engine import CliEngine
from suite.commands import run
from suite.daemon import Daemon
from suite.footprint import default_roots
from suite.image import write_archive

RUNTIME = "tested"


class Docker(CliEngine):
    name = package = "docker"
    packages = ("cli", "docker")
    own_commands = ("docker",)
    daemons = ("dockerd", "containerd")
    kept_cgroups = "/docker$"
    capabilities = 0xA80425FB  # Docker's fourteen
    subnet = "172.30.0."
    exec_format = 125
    top_options = ("-eo", "pid,comm")
    top_shows_host_pids = True

    def __init__(self, directory, runtime, *flags, network=True, config="{}"):
        super().__init__(directory, runtime)
        self.socket = f"unix://{directory}/docker.sock"
        self.exec_root = os.path.join(directory, "exec")
        self.daemon = Daemon(self._daemon_command(flags, network), os.path.join(directory, "dockerd.log"),
                             lambda: self.call("version", check=False).code == 0)
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, "daemon.json"), "w", encoding="ascii") as file:
            file.write(config)

    def _daemon_command(self, flags, network):
        place = self.directory
        nets = (["--bip", "172.30.0.1/24", "--iptables=false"] if network else
                ["--bridge", "none", "--iptables=false", "--ip-forward=false"])
        return ["dockerd", "--config-file", place + "/daemon.json", "--data-root", place + "/data",
                "--exec-root", self.exec_root, "--pidfile", place + "/docker.pid",
                "-H", self.socket, "--storage-driver", "overlay2", "--ip6tables=false",
                "--exec-opt", "native.cgroupdriver=cgroupfs", *nets,
                "--add-runtime", f"{RUNTIME}={self.runtime}", "--default-runtime", RUNTIME, *flags]

    def __enter__(self):
        try:
            self.daemon.start()
            self.version = int(self.call("version", "-f", "{{.Server.Version}}").output.split(".")[0])
            self.exec_not_found = 127 if self.version >= 28 else 126
            archive = os.path.join(self.directory, "image.tar")
            write_archive(archive)
            self.call("load", "-i", archive)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.daemon.process and not self.daemon.ended():
            self.remove_all()
        self.daemon.stop()

    def command(self, *arguments):
        return ["docker", "-H", self.socket, *arguments]

    def api(self, path):
        """The text of a GET of the daemon's API."""
        return run(["curl", "-s", "--unix-socket", self.directory + "/docker.sock",
                    "http://docker" + path]).output

    def state_roots(self):
        return [os.path.join(self.exec_root, "runtime-runc", "moby"), *default_roots("/run")]
