"""A dockerd of our own with the runtime under test, and what can be seen of it from outside.

To be used inside private_place.sh only: it takes the machine's cgroups, mounts and processes for
its own. Engine is a context manager; leaving it ends dockerd and all containers.
"""
import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
import time

RUNTIME = "tested"
IMAGE = "bb"
TIMEOUT = 60  # seconds, for any one docker command
CGROUPS = "/sys/fs/cgroup"


class Result:
    """What a finished docker command left: exit code, output, errors."""

    def __init__(self, done):
        self.code, self.output, self.errors = done.returncode, done.stdout, done.stderr

    def __str__(self):
        return f"exit code {self.code}, output {self.output!r}, errors {self.errors!r}"


class Engine:
    def __init__(self, directory, runtime):
        self.directory, self.runtime = directory, runtime
        self.socket = f"unix://{directory}/docker.sock"
        self.exec_root = os.path.join(directory, "exec")
        self.daemon = None

    def __enter__(self):
        try:
            self._start()
            self._import_image()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.daemon and self.daemon.poll() is None:
            self.remove_all()
            self.daemon.send_signal(signal.SIGTERM)
            try:
                self.daemon.wait(20)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
                self.daemon.wait()

    def _start(self):
        log = os.path.join(self.directory, "dockerd.log")
        config = os.path.join(self.directory, "daemon.json")
        with open(config, "w", encoding="ascii") as file:
            file.write("{}")
        flags = ["--config-file", config, "--data-root", self.directory + "/data",
                 "--exec-root", self.exec_root, "--pidfile", self.directory + "/docker.pid",
                 "-H", self.socket, "--storage-driver", "overlay2",
                 "--exec-opt", "native.cgroupdriver=cgroupfs",
                 "--bip", "172.30.0.1/24", "--iptables=false", "--ip6tables=false",
                 "--add-runtime", f"{RUNTIME}={self.runtime}"]
        with open(log, "wb") as output:
            self.daemon = subprocess.Popen(["dockerd", *flags], stdin=subprocess.DEVNULL,
                                           stdout=output, stderr=output, start_new_session=True)
        if not self.wait_until(lambda: self.daemon.poll() is not None or
                               self.docker("info", check=False).code == 0, seconds=30):
            raise SystemExit("docker_test: dockerd does not answer\n" + tail(log))
        if self.daemon.poll() is not None:
            raise SystemExit("docker_test: dockerd has ended\n" + tail(log))

    def _import_image(self):
        path = os.path.join(self.directory, "image.tar")
        write_image(path)
        self.docker("import", "-c", 'CMD ["/bin/sh"]', path, IMAGE)

    def docker(self, *arguments, check=True, timeout=TIMEOUT):
        """Runs docker; with check, a failing one is an AssertionError."""
        done = subprocess.run(["docker", "-H", self.socket, *arguments], capture_output=True,
                              text=True, errors="replace", timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL)
        result = Result(done)
        assert not check or result.code == 0, f"docker {' '.join(arguments)}: {result}"
        return result

    @staticmethod
    def run_flags(*flags):
        return ["run", "--runtime", RUNTIME, *flags]

    def run(self, *arguments, check=True):
        """docker run --rm of the test image with flags, a "--" and a command."""
        flags, command = split(arguments)
        return self.docker(*self.run_flags("--rm", *flags), IMAGE, *command, check=check)

    def detached(self, *arguments):
        """A container in the background; its id."""
        flags, command = split(arguments)
        return self.docker(*self.run_flags("-d", *flags), IMAGE, *command).output.strip()

    def inspect(self, container, template):
        return self.docker("inspect", "-f", template, container).output.strip()

    def remove_all(self):
        ids = self.docker("ps", "-aq", check=False).output.split()
        if ids:
            self.docker("rm", "-f", *ids, check=False)

    @staticmethod
    def wait_until(condition, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.05)
        return condition()


def split(arguments):
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1:]


def tail(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return "".join(file.readlines()[-20:])


def write_image(path):
    """A root file system of busybox alone, as a tar."""
    busybox = shutil.which("busybox")
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    with tarfile.open(path, "w") as tar:
        for name in ("bin", "etc", "proc", "sys", "dev", "tmp", "data"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(entry)
        tar.add(busybox, "bin/busybox")
        for applet in set(applets.stdout.split()) - {"busybox"}:
            entry = tarfile.TarInfo("bin/" + applet)
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(entry)
        for name, text in {"passwd": "root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n",
                           "group": "root:x:0:\nuser:x:1000:\n"}.items():
            entry = tarfile.TarInfo("etc/" + name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))


# ---- what a container may leave ------------------------------------------------------------------


def footprint(engine):
    """Container states, cgroups, mounts and processes, as sets of texts to be compared."""
    return {"container states": states(engine), "cgroups": cgroups(), "mounts": mounts(),
            "processes": processes()}


def states(engine):
    """All below the runtime's --root (EXECROOT/runtime-runc), and in its default one."""
    found = set()
    for top in (os.path.join(engine.exec_root, "runtime-runc", "moby"), "/run/berth", "/run/runc",
                "/run/crun"):
        if os.path.isdir(top):
            # No id begins with a dot: what a runtime keeps there is for all containers.
            found |= {os.path.join(top, name) for name in os.listdir(top) if not name.startswith(".")}
    return found


def cgroups():
    """All but docker's own /docker, which it makes at the first container and keeps."""
    return {directory for directory, _, _ in os.walk(CGROUPS) if not directory.endswith("/docker")}


def mounts():
    # docker keeps one namespace handle for --network host, from the first container on.
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = {line.split()[4] for line in file}
    return {point for point in points if not point.endswith("/netns/default")}


def processes():
    """pid and name; not our own docker commands, nor what has ended and waits to be reaped."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                match = re.match(r"\d+ \((.*)\) (\S)", file.read(), re.DOTALL)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if match and match[2] != "Z" and match[1] != "docker":
            found.add(f"{match[1]} ({pid})")
    return found
