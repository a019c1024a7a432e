"""A container of a check: the operations on it, what its process reports, and its end."""
import contextlib
import glob
import json
import os
import select
import signal
import subprocess
import time

from suite.bundle import CGROUPS, Bundle
from suite.faults import Broken
from suite.probe import parsed
from suite.runtime import Call
from suite.terminal import ConsoleSocket
from suite.verdict import Failed

PATIENCE = 15  # seconds, for a report or for the end of a process
LITTLE_PATIENCE = 3  # with a broken runtime, which may never do it


class Container:
    """Made from a bundle; `create` writes the bundle's config.json first."""

    def __init__(self, runtime, bundle):
        self.runtime, self.bundle, self.id = runtime, bundle, bundle.id
        self.patience = LITTLE_PATIENCE if isinstance(runtime, Broken) else PATIENCE
        self.beside, self.calls = [], []
        self.pidfd = None
        self.umask = 0o22
        self.output, self.input = os.pipe()
        self.read = b""

    def another(self, config=None, asks=(), given=None):
        """A second container, which is cleaned up with this one; by default from the edits of this one."""
        bundle = Bundle(self.bundle.place, asks, self.bundle.given if given is None else given,
                        self.bundle.edits if config is None else config)
        self.beside.append(Container(self.runtime, bundle))
        return self.beside[-1]

    # ---- the operations ----

    def create(self):
        self.bundle.write()
        return self.create_again()

    def create_again(self):
        """Like create, with config.json as it is."""
        return self.call("create", "--bundle", self.bundle.path())

    def create_with_terminal(self):
        """For process.terminal; what the process writes is then read from its terminal."""
        self.bundle.write()
        console = ConsoleSocket(self.bundle.path("console"))
        try:
            result = self.call("create", "--bundle", self.bundle.path(), "--console-socket", console.path)
            if result.code == 0:
                terminal = console.receive()
                os.close(self.output)
                self.output = terminal
        finally:
            console.close()
        return result

    def start(self):
        return self.call("start")

    def state(self):
        return self.call("state")

    def kill(self, name="KILL"):
        return self.call("kill", *([name] if name else []), id_first=True)

    def delete(self):
        return self.call("delete")

    def call(self, verb, *words, id_first=False):
        """Calls any operation on the container's id."""
        words = [self.id, *words] if id_first else [*words, self.id]
        stdout = self.input if verb == "create" else None
        result = self.runtime.call(Call(verb, [verb, *words], self.bundle, stdout, self.umask))
        self.calls.append((verb, result.code))
        return result

    def plain(self, verb, *words):
        """Calls an operation with exactly these words."""
        result = self.runtime.call(Call(verb, [verb, *words], self.bundle))
        self.calls.append((verb, result.code))
        return result

    # ---- what can be seen ----

    def status(self):
        return self.state().ok().document.get("status")

    def pid(self):
        """The process's id in our namespace; while it is there."""
        pid = self.state().ok().document.get("pid")
        if not isinstance(pid, int) or pid <= 0:
            raise Failed("the state document has the pid of the container's process", repr(pid))
        return pid

    def hold(self):
        """Takes hold of the container's process, so that its end can be waited for."""
        self.pidfd = self.pidfd or os.pidfd_open(self.pid())
        return self

    def wait(self):
        """Waits until the container's process, of which the check has taken hold, has ended."""
        if not select.select([self.pidfd], [], [], self.patience)[0]:
            raise Failed(f"the container's process ends within {self.patience} s", "it does not")
        return self

    def line(self):
        """The next line that the container's process writes to stdout."""
        deadline = time.monotonic() + self.patience
        while b"\n" not in self.read:
            if self.input is not None:
                os.close(self.input)
                self.input = None
            ready = select.select([self.output], [], [], max(0, deadline - time.monotonic()))[0]
            more = os.read(self.output, 1 << 16) if ready else b""
            if not more:
                raise Failed("a line from the container's process", self.errors() if ready else f"nothing within {self.patience} s")
            self.read += more
        line, _, self.read = self.read.partition(b"\n")
        return line.decode(errors="surrogateescape")

    def silent(self):
        """Whether the container's process has written nothing so far."""
        return not self.read and not select.select([self.output], [], [], 0)[0]

    def ended_in_silence(self):
        """Whether the container's process, which has ended, had written nothing."""
        os.close(self.input)
        self.input = None
        return not os.read(self.output, 1)

    def errors(self):
        return "its stdout is closed" + (f", after {self.read.decode(errors='replace')!r}" if self.read else "")

    def report(self):
        """The next report of the probe."""
        line = self.line()
        try:
            return parsed(line)
        except ValueError as error:
            raise Failed("a report of the probe", repr(line[:200])) from error

    def signal(self):
        """The number of the signal that a waiting probe has received."""
        return json.loads(self.line())["signal"]

    def run(self):
        """Create and start. Returns the report."""
        self.create().ok()
        self.hold()
        self.start().ok()
        return self.report()

    def run_to_end(self):
        """All of a container's life, except delete. Returns the report."""
        report = self.run()
        self.wait()
        return report

    def end(self):
        """Kills a container that has been created or started, and deletes it."""
        self.hold().kill("KILL").ok()
        self.wait().delete().ok()

    def cgroups(self):
        """The directories of the container's cgroups that exist."""
        return [path for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/*")
                for path in glob.glob(f"{top}{CGROUPS}/{self.id}") if os.path.isdir(path)]

    def mounts(self):
        """What is mounted below the bundle in the runtime's mount namespace."""
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
            places = [line.split(" ")[4] for line in lines]
        return [place for place in places if place.startswith(self.bundle.directory + "/")]

    # ---- the end ----

    def clean_up(self, runtime):
        """Leaves nothing behind, whatever the check has done. runtime: the real one."""
        for other in self.beside:
            other.clean_up(runtime)
        well_deleted = self.calls[-1:] == [("delete", 0)] and self.runtime is runtime
        if not well_deleted and any(verb == "create" for verb, _ in self.calls):
            for words in (["kill", self.id, "KILL"], ["delete", "--force", self.id]):
                runtime.call(Call(words[0], words))
        for path in self.cgroups():
            end_cgroup(path)
        for path in reversed(self.mounts()):
            subprocess.run(["umount", "--lazy", path], check=False)
        for fd in (self.pidfd, self.output, self.input):
            if fd is not None:
                os.close(fd)
        self.bundle.remove()


def end_cgroup(path):
    """Kills what is in a cgroup and removes it; what cannot be removed yet is removed at the end of the run."""
    for directory, _, _ in os.walk(path, topdown=False):
        with contextlib.suppress(OSError):
            with open(os.path.join(directory, "cgroup.procs"), encoding="ascii") as pids:
                for pid in map(int, pids.read().split()):
                    end_process(pid)
        with contextlib.suppress(OSError):
            os.rmdir(directory)


def end_process(pid):
    """Kills a process, if it is still there, and waits until it has ended."""
    with contextlib.suppress(ProcessLookupError):
        process = os.pidfd_open(pid)
        signal.pidfd_send_signal(process, signal.SIGKILL)
        select.select([process], [], [], PATIENCE)
        os.close(process)
