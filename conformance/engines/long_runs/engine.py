"""dockerd for the long runs: beside a containerd of its own right, which outlives a killed dockerd."""
import os

from docker.engine import Docker
from suite.commands import run
from suite.daemon import Daemon

CONFIG = """version = 2
root = "{place}/containerd-root"
state = "{place}/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "{place}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{place}/opt"
"""


class LongDocker(Docker):
    name = "long"
    packages = ("long_runs",)

    def __init__(self, directory, runtime):
        super().__init__(directory, runtime, "--containerd", directory + "/containerd.sock")
        with open(os.path.join(directory, "containerd.toml"), "w", encoding="ascii") as file:
            file.write(CONFIG.format(place=directory))
        self.ctr = ["ctr", "-a", directory + "/containerd.sock", "-n", "moby"]
        self.containerd = Daemon(["containerd", "--config", directory + "/containerd.toml"],
                                 os.path.join(directory, "containerd.log"),
                                 lambda: run([*self.ctr, "version"], check=False).code == 0)

    def __enter__(self):
        self.containerd.start()
        return super().__enter__()

    def __exit__(self, *_):
        super().__exit__()
        self.containerd.stop()
