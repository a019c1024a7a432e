"""A containerd of our own, for ctr and for the CRI, with the runtime under test in both."""
import json
import os

from containerd.cri import Cri
from suite.cgroups import controllers
from suite.commands import run, split
from suite.daemon import Daemon
from suite.examples import example
from suite.footprint import default_roots
from suite.image import IMAGE, write_archive
from suite.terminal import Terminal

CONFIG = """version = 2
root = "{place}/root"
state = "{place}/state"
[grpc]
  address = "{place}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{place}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:latest"
  restrict_oom_score_adj = true
  disable_tcp_service = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{place}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "tested"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.tested]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.tested.options]
        BinaryName = "{runtime}"
"""
SUBNET = "10.88.7."


class Containerd:
    name = package = "containerd"
    packages = ("containerd",)
    own_commands = ("ctr", "curl")
    daemons = ()
    kept_cgroups = r"/(default|k8s\.io|other)$"  # one for each of its namespaces
    address = SUBNET

    def __init__(self, directory, runtime):
        self.directory, self.runtime = directory, runtime
        self.socket = os.path.join(directory, "containerd.sock")
        self.cri = Cri(self.socket, os.path.join(directory, "logs"))
        self.daemon = Daemon(["containerd", "--config", directory + "/config.toml"],
                             os.path.join(directory, "containerd.log"),
                             lambda: self.ctr("version", check=False).code == 0)

    def __enter__(self):
        try:
            self._write_configuration()
            self.daemon.start()
            self.load_images()
            self._first_pod()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.daemon.process and not self.daemon.ended():
            self.remove_all()
        self.daemon.stop()

    def load_images(self):
        archive = os.path.join(self.directory, "image.tar")
        write_archive(archive)
        for namespace in ("default", "k8s.io"):
            self.ctr("-n", namespace, "images", "import", archive)

    def _write_configuration(self):
        os.makedirs(os.path.join(self.directory, "cni"))
        os.makedirs(self.cri.logs)
        with open(os.path.join(self.directory, "config.toml"), "w", encoding="ascii") as file:
            file.write(CONFIG.format(place=self.directory, runtime=self.runtime))
            file.write(example("containerd/berth.toml", self.runtime))
        network = {"cniVersion": "0.4.0", "name": "checks", "plugins": [{
            "type": "bridge", "bridge": "cni0", "isGateway": True,
            "ipam": {"type": "host-local", "subnet": SUBNET + "0/24", "dataDir": self.directory + "/addresses"}}]}
        with open(os.path.join(self.directory, "cni", "10-checks.conflist"), "w", encoding="ascii") as file:
            json.dump(network, file)

    def _first_pod(self):
        """Makes what the engine keeps from its first pod on: the bridge."""
        if "cpu" not in controllers():
            return  # no pods, see machine.tsv
        self.cri.run_pod("first")
        self.remove_all()

    def configuration(self):
        """As containerd itself has understood it."""
        return run(["containerd", "--config", self.directory + "/config.toml", "config", "dump"]).output

    def ctr(self, *arguments, **options):
        return run(self.command(*arguments), **options)

    def command(self, *arguments):
        return ["ctr", "-a", self.socket, *arguments]

    def run_command(self, name, *arguments):
        """The words after `ctr`: run of the test image, with flags, a "--" and a command."""
        flags, command = split(arguments)
        return ["run", "--runc-binary", self.runtime, "--cpu-shares", "0", *flags, IMAGE, name, *command]

    def run(self, name, *arguments, **options):
        return self.ctr(*self.run_command(name, "--rm", *arguments), **options)

    def sleeper(self, name, *flags):
        """A task that lives until it is ended."""
        self.ctr(*self.run_command(name, "-d", "--null-io", *flags, "--", "sleep", "1000"))
        return name

    def exec(self, name, *command, **options):
        return self.ctr("tasks", "exec", "--exec-id", "exec-of-" + name, name, *command, **options)

    def terminal(self, *arguments):
        return Terminal(self.command(*arguments))

    def task_state(self, name):
        """RUNNING, PAUSED, STOPPED, or nothing when there is no such task."""
        rows = [line.split() for line in self.ctr("tasks", "ls").output.splitlines()[1:]]
        return next((row[2] for row in rows if row[0] == name), "")

    def pid(self, name):
        rows = [line.split() for line in self.ctr("tasks", "ls").output.splitlines()[1:]]
        return next(int(row[1]) for row in rows if row[0] == name)

    def remove_all(self):
        for pod in self.cri.pods():
            self.cri.stop_pod(pod)
            self.cri.remove_pod(pod)
        for name in self.ctr("containers", "ls", "-q", check=False).output.split():
            self.ctr("tasks", "rm", "-f", name, check=False)
            self.ctr("containers", "rm", name, check=False)

    def state_roots(self):
        return ["/run/containerd/runc/default", "/run/containerd/runc/k8s.io", *default_roots("/run")]
