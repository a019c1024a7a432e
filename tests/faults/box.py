"""One container of one point: its commands, and what is left of it."""
import json
import os
import shutil
import signal
import subprocess
import time

import census

PATIENCE = 20  # seconds; who has not ended then hangs


class Place:
    """A worker's own directory: state root, bundles, and a machine that looks as it did before."""

    def __init__(self, berth, directory):
        self.berth, self.directory = berth, directory
        self.root = os.path.join(directory, "state")
        self.bundles, self.boxes = {}, 0
        self.mounts = census.mounts()


def wait_and_reap(process):
    """False: it does not end. An exec'd process is left to us, and the pid namespace of its container does
    not end before it has been reaped: so that is done meanwhile, as an engine does it."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None:
        if time.monotonic() > end:
            return False
        reap_others(process.pid)
        time.sleep(0.001)
    return True


def reap_others(pid):
    try:
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid == pid:
                return
            os.waitpid(ended.si_pid, 0)
    except ChildProcessError:
        pass


class Box:
    def __init__(self, place, bundle):
        place.boxes += 1
        self.place, self.bundle = place, bundle
        self.id = f"fault{os.getpid()}-{place.boxes}"

    def argv(self, *words):
        names = {"ID": self.id, "BUNDLE": self.bundle}
        return [self.place.berth, "--root", self.place.root] + [
            names.get(word, word.replace("PLACE", self.place.directory)) for word in words]

    def call(self, *words):
        """One more command, without a fault. The container may keep its output open: that goes to files."""
        out, err = (open(os.path.join(self.place.directory, name), "w+", encoding="utf-8", errors="replace")
                    for name in ("out", "err"))
        with out, err:
            process = subprocess.Popen(self.argv(*words), stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            if not wait_and_reap(process):
                process.kill()
                process.wait()
                return subprocess.CompletedProcess(words, -signal.SIGALRM, "", "hangs")
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(words, process.returncode, out.read(), err.read())

    def state(self):
        done = self.call("state", self.id)
        return json.loads(done.stdout) if done.returncode == 0 else {"status": done.stderr.strip()}

    def status(self):
        return self.state()["status"]

    def pid(self):
        return self.state()["pid"]

    def what_is_left(self, patience=3):
        """In words; empty when it is nothing."""
        left = []
        if processes := census.processes_left(patience):
            left.append("processes " + " ".join(processes))
        if names := names_in(self.place.root):
            left.append("state " + " ".join(names))
        if directories := census.cgroups_of(self.id):
            left.append(f"{len(directories)} cgroups, {directories[0]}")
        if mounts := [line for line in census.mounts() if line not in self.place.mounts]:
            left.append("mounts " + mounts[0])
        if files := self.temporary_files():
            left.append("files " + " ".join(files))
        return "; ".join(left)

    def temporary_files(self):
        """Of the pid file, which is the one file that berth writes outside of its own directories."""
        return [name for name in names_in(self.place.directory) if name.startswith(".")]

    def sweep_up(self):
        """After a leak, so that the next point begins as this one did."""
        for pid in census.reap():
            os.kill(int(pid), signal.SIGKILL)
        census.processes_left(PATIENCE)
        for path in sorted(census.cgroups_of(self.id), reverse=True):
            try:
                os.rmdir(path)
            except OSError as error:
                print(f"cannot remove {path}: {error}")
        for name in self.temporary_files():
            os.unlink(os.path.join(self.place.directory, name))
        shutil.rmtree(self.place.root, ignore_errors=True)


def names_in(directory):
    return os.listdir(directory) if os.path.isdir(directory) else []
