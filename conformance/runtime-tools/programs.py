"""The programs: how they are built, how one is run, and what is known of each (programs.tsv)."""
import collections
import fcntl
import glob
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import termios

from suite.needs import missing, view
from suite.requirements import deviations, rows
from tap import complaints

HERE = os.path.dirname(os.path.abspath(__file__))
PLACE = os.path.join(os.path.dirname(HERE), "engines", "private_place.sh")
TIMEOUT = 120  # seconds, for one program
TRIES = 5  # of a program that is a race

# verdict: pass, fail, deviates, nothing or untested; why: the reason, or the first complaint.
Result = collections.namedtuple("Result", "verdict why")


def build(checkout, directory):
    """Builds what is not there yet: the programs, and what they expect in their working directory."""
    if os.path.exists(os.path.join(directory, "runtimetest")):
        return
    if not shutil.which("go"):
        sys.exit("runtime-tools: no 'go' in PATH; Go 1.21 or newer builds the programs")
    os.makedirs(os.path.join(directory, "programs"), exist_ok=True)
    for file in glob.glob(os.path.join(checkout, "rootfs-*.tar.gz")):
        shutil.copy(file, directory)
    go(checkout, "-o", os.path.join(directory, "programs") + "/", "./validation/...")
    # Runs in a root file system without libraries.
    go(checkout, "-tags", "netgo osusergo", "-o", os.path.join(directory, "runtimetest"), "./cmd/runtimetest")


def go(checkout, *words):
    done = subprocess.run(["go", "build", *words], cwd=checkout, check=False, env={**os.environ, "CGO_ENABLED": "0"})
    if done.returncode != 0:
        sys.exit(f"runtime-tools: cannot build the programs of {checkout}")


class Programs:
    """Those that are built in a directory."""

    def __init__(self, directory):
        self.directory = directory
        self.known = {}
        for name, kind, why in rows(os.path.join(HERE, "programs.tsv")):
            self.known.setdefault(name, []).append((kind, why))

    def names(self):
        return sorted(os.listdir(os.path.join(self.directory, "programs")))

    def result_of(self, name, runtime):
        known = self.known.get(name, [])
        need = next((reason for kind, _ in known if ":" in kind and (reason := missing(kind))), None)
        if need:
            return Result("untested", need)
        kinds = dict(known)
        for _ in range(TRIES if "race" in kinds else 1):
            said = complaints(*self.run(name, runtime))
            if not said:
                return Result("pass", "")
        if "nothing" in kinds:
            return Result("nothing", kinds["nothing"])
        reason = next((deviations()[kind] for kind in kinds if kind in deviations()), None)
        if reason and is_berth(runtime):
            return Result("deviates", reason)
        return Result("fail", said[0])

    def run(self, name, runtime):
        """Runs a program in a private place of its own, with a terminal. Returns its output and exit code."""
        ours, terminal = pty.openpty()
        command = [PLACE, "--cgroup", "v2" if view() == "v2" else "v1", "--", "sh", "-c", 'TMPDIR=$PLACE exec "$0"',
                   os.path.join(self.directory, "programs", name)]
        with tempfile.TemporaryFile() as output, subprocess.Popen(
                command, cwd=self.directory, stdin=terminal, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=become_terminal, env={**os.environ, "RUNTIME": runtime}) as process:
            code = wait(process)
            os.close(ours)
            os.close(terminal)
            output.seek(0)
            return output.read().decode(errors="replace"), code


def become_terminal():
    """Makes stdin the terminal of the new session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def wait(process):
    """The exit code; None if it does not end."""
    try:
        return process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)  # of which the place is removed, too
        process.wait()
        return None


def is_berth(runtime):
    return subprocess.run([runtime, "--version"], capture_output=True, text=True, check=False).stdout.startswith("berth")
