#!/usr/bin/env python3
"""Boots the machine that make.sh has made and runs a command of this checkout in it; exits as the command does.

The machine is a user-mode Linux: processes of this one, in a pid namespace of their own, so that none of them
is left when this program ends. Its disk keeps nothing: each boot writes to a copy of its own.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))
NO_ANSWER = 125  # the machine ended without the command's exit code
TOO_LATE = 124


def arguments():
    parser = argparse.ArgumentParser(prog="./dev vm", description="Runs a command of this checkout in a machine "
                                     "with cgroup v2 only and systemd as its first process.")
    parser.add_argument("--user", action="store_true", help="as a user with a systemd of its own, not as root")
    parser.add_argument("--cpus", type=int, default=1, help="more than one makes the machine slower (default: 1)")
    parser.add_argument("--timeout", type=int, default=3600, metavar="SECONDS", help="ends the machine then")
    parser.add_argument("--cache", required=True, help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def write_job(directory, options):
    """What guest.sh reads: words end in NUL, as in /proc/PID/cmdline."""
    here = os.getcwd()
    variables = [f"{name}={os.environ[name]}" for name in os.environ if name.startswith("BERTH")]
    files = {
        "command": "".join(word + "\0" for word in options.command),
        "environment": "".join(word + "\0" for word in variables),
        "checkout": CHECKOUT,
        "directory": here if (here + "/").startswith(CHECKOUT + "/") else CHECKOUT,
        "user": "user" if options.user else "root",
    }
    for name, content in files.items():
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(content)
    shutil.copy(os.path.join(HERE, "guest.sh"), directory)


class Console:
    """A terminal of the machine: what is written to it arrives in a file of this process."""

    def __init__(self, target):
        self.inner, outer = None, None
        outer, self.inner = os.pipe()
        os.set_inheritable(self.inner, True)
        self.thread = threading.Thread(target=self.relay, args=(outer, target))
        self.thread.start()

    @staticmethod
    def relay(source, target):
        while data := os.read(source, 65536):
            target.write(data)
            target.flush()

    def close(self):
        os.close(self.inner)

    def drain(self):
        self.thread.join()


def boot(options, place, log):
    consoles = [Console(target) for target in (log, sys.stdout.buffer, sys.stderr.buffer)]
    kernel, out, err = (console.inner for console in consoles)
    disk = f"{place}/disk,{options.cache}/disk"
    machine = [f"{options.cache}/kernel", "mem=1536M", f"ncpus={options.cpus}", "seccomp=on", f"ubd0={disk}",
               "root=/dev/ubda", "rw", f"con0=null,fd:{kernel}", f"con1=null,fd:{out}", f"con2=null,fd:{err}",
               "con=null", "ssl=null", f"uml_dir={place}/uml", "umid=vm", "quiet", "panic=-1", f"berth_vm={place}/job"]
    # However this program ends, the machine ends with it.
    alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        alone += ["--user", "--map-root-user"]
    environment = dict(os.environ, TMPDIR="/dev/shm")  # the machine's memory is a file there
    process = subprocess.Popen(alone + machine, pass_fds=[kernel, out, err], env=environment,
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    for console in consoles:
        console.close()
    try:
        process.wait(options.timeout)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
        for console in consoles:
            console.drain()


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="berth-vm-") as place:
        for name in ("job", "uml"):
            os.mkdir(os.path.join(place, name))
        write_job(os.path.join(place, "job"), options)
        with open(os.path.join(place, "log"), "w+b") as log:
            in_time = boot(options, place, log)
            try:
                with open(os.path.join(place, "job", "status"), encoding="utf-8") as file:
                    return int(file.read())
            except FileNotFoundError:
                pass
            if not in_time:
                print(f"vm: ended after {options.timeout} s", file=sys.stderr)
                return TOO_LATE
            log.seek(0)
            tail = log.read().decode(errors="replace").splitlines()[-30:]
            print("vm: the machine ended without an answer; its console:", *tail, sep="\n", file=sys.stderr)
            return NO_ANSWER


if __name__ == "__main__":
    sys.exit(main())
