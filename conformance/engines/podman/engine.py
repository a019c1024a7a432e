"""podman with storage and directories of its own, whose runtime is the one under test."""
import glob
import os
import shutil

from cli.engine import CliEngine
from suite.cgroups import controllers
from suite.commands import run
from suite.examples import example
from suite.facts import is_newer
from suite.footprint import default_roots
from suite.image import write_archive

# default_ulimits: podman asks for more open files than a process without CAP_SYS_RESOURCE can give.
CONFIG = """[containers]
default_ulimits = []
log_driver = "k8s-file"
init_path = "/usr/bin/tini-static"
{limits}
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
infra_image = "localhost/pause:latest"
runtime = "{name}"
[engine.runtimes]
"{name}" = ["{path}"]
[network]
network_backend = "netavark"
"""
POLICY = '{"default":[{"type":"insecureAcceptAnything"}]}\n'
REGISTRIES = 'unqualified-search-registries = []\nshort-name-mode = "disabled"\n'
PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"


class Podman(CliEngine):
    name = package = "podman"
    packages = ("cli", "podman")
    own_commands = ("podman",)
    # podman 4.3 itself forgets the cgroups of pods in the hierarchy without a controller.
    kept_cgroups = "/libpod_parent(/conmon)?$|/systemd/libpod_parent/[0-9a-f]{64}$"
    capabilities = 0x800405FB  # podman's eleven
    subnet = "10.88."
    bad_interpreter = 126  # of all that fails at the start
    top_options = ("hpid", "comm")
    top_shows_host_pids = True
    rootless = False

    def __enter__(self):
        os.makedirs(self.directory)
        self._write_configuration()
        self._prepare()
        archive = os.path.join(self.directory, "image.tar")
        write_archive(archive)
        self.call("load", "-q", "-i", archive)
        self.version = int(self.call("version", "-f", "{{.Client.Version}}").output.split(".")[0])
        self._first_container()
        return self

    def __exit__(self, *_):
        self.remove_all()

    def _write_configuration(self):
        os.makedirs("/etc/containers/containers.conf.d", exist_ok=True)  # of the private place
        limits = "" if "pids" in controllers() else "pids_limit = 0"
        files = {"containers.conf": CONFIG.format(name=os.path.basename(self.runtime), path=self.runtime, limits=limits),
                 "policy.json": POLICY, "registries.conf": REGISTRIES,
                 "containers.conf.d/berth.conf": self.example()}
        for name, text in files.items():
            with open(os.path.join("/etc/containers", name), "w", encoding="ascii") as file:
                file.write(text)

    def example(self):
        """The file that berth installs. Its lists hold the tested runtime's own name, too."""
        name = os.path.basename(self.runtime)
        return example("podman/berth.conf", self.runtime).replace('"berth"]\n', f'"berth", "{name}"]\n')

    def _prepare(self):
        """What rootless podman needs besides."""

    def _first_container(self):
        """Makes what podman keeps from its first container on: the bridge, a mounted directory."""
        self.run("--", "true")
        overlay = os.path.join(self.directory, "storage", "overlay")
        for path in (os.path.dirname(overlay), overlay, *glob.glob(overlay + "/*")):
            os.chmod(path, 0o711)  # root of a user namespace has to pass through

    def flags(self):
        place = self.directory
        return ["--root", place + "/storage", "--runroot", place + "/run", "--tmpdir", place + "/libpod",
                "--storage-driver", "overlay"]

    def command(self, *arguments):
        return ["env", *self.environment(), "podman", *self.flags(), *arguments]

    def environment(self):
        # conmon keeps this directory, and an older one writes its file about an OOM kill there.
        return ["-C", self.directory, "-i", f"PATH={PATH}", "HOME=" + self.directory, "TMPDIR=" + os.environ["TMPDIR"],
                "LANG=C.UTF-8", "TERM=xterm", "PODMAN_IGNORE_CGROUPSV1_WARNING=1"]

    def probe(self, container):
        self.call("healthcheck", "run", container, check=False)

    def remove_all(self):
        self.call("pod", "rm", "-a", "-f", "-t", "0", check=False)
        self.call("rm", "-a", "-f", "-t", "0", check=False)

    def state_roots(self):
        return default_roots("/run")


class Rootless(Podman):
    name = "rootless"
    # Of slirp4netns; podman 5 has pasta, which takes an address of the host.
    subnet = "scope global" if is_newer("podman", 5) else "10.0.2."
    device_rules = False
    rootless = True
    USER, UID = "sailor", 64998
    FILES = {"passwd": f"{USER}:x:{UID}:{UID}::/nonexistent:/bin/sh\n", "group": f"{USER}:x:{UID}:\n",
             "subuid": f"{USER}:500000:65536\n", "subgid": f"{USER}:500000:65536\n"}

    def _prepare(self):
        for name, line in self.FILES.items():
            with open(f"/etc/{name}", "a", encoding="utf-8") as file:
                file.write(line)
        self.run_directory = os.path.join(self.directory, "u")  # its path may have 50 characters at most
        os.mkdir(self.run_directory, 0o700)
        for path in (self.directory, self.run_directory):
            os.chown(path, self.UID, self.UID)
        for name, number in (("net/tun", (10, 200)), ("fuse", (10, 229))):
            node = os.path.join(self.directory, os.path.basename(name))
            run(["mknod", "-m", "666", node, "c", *map(str, number)])
            run(["mount", "--bind", node, "/dev/" + name])

    def command(self, *arguments):
        ids = ["--reuid", str(self.UID), "--regid", str(self.UID), "--clear-groups", "--inh-caps=-all"]
        return ["setpriv", *ids, *super().command(*arguments)]

    def environment(self):
        return [*super().environment(), "XDG_RUNTIME_DIR=" + self.run_directory, "USER=" + self.USER]

    def shared_directory(self, name):
        path = super().shared_directory(name)
        shutil.chown(path, self.UID, self.UID)
        return path

    def state_roots(self):
        return default_roots(self.run_directory)
