"""What is measured: OCI runtimes, and the floors, each with its command lines."""
import json
import os
import shutil
import subprocess

import bundles
import docker_profile
import search_tree
import search_tree_check

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILT = os.path.join(ROOT, "build/bench")
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FLOORS = ["floor", "floor-musl", "floor-overlap"]  # glibc; musl; musl, parent and child at a time


class Runtime:
    """A command line with the verbs of runc. `root` is where it keeps its states."""

    floor = False

    def __init__(self, name, path, root):
        self.name, self.path, self.root = name, path, root
        os.makedirs(root, exist_ok=True)

    def command(self, verb, kind, bundle, identifier, program=None):
        """The program is bundle's, but for the floor, which reads no bundle."""
        del kind, program
        before = {"run": ["--bundle", bundle], "create": ["--bundle", bundle, "--pid-file", self.pid_file(identifier)]}
        behind = {"kill": ["KILL"], "exec": ["/bin/true"]}
        return [self.path, "--root", self.root, verb, *before.get(verb, []),
                *([] if verb == "list" else [identifier]), *behind.get(verb, [])]

    def pid_file(self, identifier):
        return f"{self.root}.{identifier}.pid"

    def pid_of(self, identifier):
        return int(read(self.pid_file(identifier)))

    def version(self):
        output = subprocess.run([self.path, "--version"], capture_output=True, text=True, check=False).stdout
        return output.split("\n")[0]


class Floor(Runtime):
    """The C program that makes the bare calls."""

    floor = True

    def __init__(self, name, path, root, shared):
        super().__init__(name, path, root)
        self.shared = shared

    def command(self, verb, kind, bundle, identifier, program=None):
        if self.name == "floor-overlap" and verb in ("run", "create"):
            verb = "overlapped-" + verb
        return [self.path, verb, kind, self.shared, self.root, identifier,
                program or ("/bin/sleep" if verb.endswith("create") else "/bin/true")]

    def pid_of(self, identifier):
        return int(read(os.path.join(self.root, identifier, "record")).split()[0])

    def version(self):
        return "the bare system calls"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def find(berth, given, only, place, shared):
    """Floors, berth, crun and runc where they are installed, and what is given as NAME=PATH."""
    found = {name: Floor(name, copied(name, os.path.join(BUILT, file), place), os.path.join(place, "state-" + name), shared)
             for name, file in zip(FLOORS, ("floor-glibc", "floor-musl", "floor-musl"))
             if os.path.exists(os.path.join(BUILT, file))}
    paths = {"berth": os.path.abspath(berth)}
    if not os.access(berth, os.X_OK):
        raise SystemExit(f"bench: no berth at {berth} (./dev build makes it)")
    for name in ("crun", "runc"):
        if shutil.which(name, path=SEARCHED):
            paths[name] = shutil.which(name, path=SEARCHED)
    paths.update((name, os.path.abspath(path)) for name, path in given)
    found.update((name, Runtime(name, copied(name, path, place), os.path.join(place, "state-" + name)))
                 for name, path in paths.items())
    unknown = set(only or []) - set(found)
    if unknown:
        raise SystemExit(f"bench: --only {','.join(sorted(unknown))}: there are {', '.join(found)}")
    return [runtime for name, runtime in found.items() if not only or name in only]


def copied(name, path, place):
    """All lie on one tmpfs: how a file came to be on a disk decides how large the pages are that it is mapped
    with, and a program that its linker has just written starts 0.1 ms later than a copy of it."""
    return shutil.copy(path, os.path.join(place, "bin-" + name))


def build():
    """Resolves the seccomp profile, compiles the floors and the stopwatch. Where there is no compiler, as in
    ./dev vm, the ones are taken that a compiler has made before."""
    if not shutil.which("gcc"):
        if os.path.exists(os.path.join(BUILT, "stopwatch")):
            return
        raise SystemExit("bench: needs gcc, or a build/bench that bench.py --build has made elsewhere")
    os.makedirs(BUILT, exist_ok=True)
    profile = docker_profile.profile(bundles.CAPABILITIES)
    write(os.path.join(BUILT, "profile.json"), json.dumps(profile))
    instructions = search_tree.program(profile["seccomp"])
    search_tree_check.check(profile["seccomp"], instructions)
    write(os.path.join(BUILT, "filter.h"), search_tree.as_header(instructions))
    floor = [os.path.join(HERE, "floor", name) for name in sorted(os.listdir(os.path.join(HERE, "floor")))
             if name.endswith(".c")]
    stopwatch = [os.path.join(HERE, "stopwatch.c")]
    compile_static("gcc", "threads", [os.path.join(HERE, "threads.c")], "-pthread")
    compile_static("gcc", "nothing", [os.path.join(HERE, "nothing.c")], "-nostdlib")
    compile_static("gcc", "floor-glibc", floor)
    if shutil.which("musl-gcc"):
        compile_static("musl-gcc", "floor-musl", floor)
        compile_static("musl-gcc", "stopwatch", stopwatch)
    else:
        compile_static("gcc", "stopwatch", stopwatch)


def compile_static(compiler, name, sources, *include):
    include = [*include, "-I", BUILT]
    if compiler == "musl-gcc":  # it knows no kernel headers
        machine = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()
        include += ["-idirafter", "/usr/include", "-idirafter", "/usr/include/" + machine]
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-static", *include, "-o", os.path.join(BUILT, name),
                    *sources], check=True)
