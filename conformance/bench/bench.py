#!/usr/bin/env python3
"""What a container costs: berth, a bare C program doing the same system calls (floor), crun, runc.

All run the same bundle, the default one of `spec`, in turns (the order is reversed every round), as
whole processes; so a loaded machine disturbs all alike, and the ratios are what to read. Between two
there is a pause: a container that has ended leaves work to the kernel (its network namespace, its
cgroups, RCU grace periods), which whoever comes at once waits for, or has the advantage of: the write
to cgroup.procs that takes 10 ms on a quiet machine takes none while a grace period is just over.

    bench.py                      200 rounds of `run /bin/true`, then the verbs one by one
    bench.py --runs 50 --json     fewer, for a script
    bench.py --pause 0            one right after the other
    bench.py --runtime youki=/usr/local/bin/youki --berth build/debug/berth

Needs root. Works in a mount namespace of its own, on a tmpfs, where the unified half of a hybrid
cgroup tree is hidden (crun refuses hybrid hosts); nothing stays behind.
"""
import argparse
import ctypes
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
NAMESPACES = ["pid", "network", "ipc", "uts", "mount", "cgroup"]
VERBS = ["create", "start", "state", "kill", "delete"]
TARGETS = [("floor", 1.6), ("crun", 0.5)]  # berth's `run` is to take at most this many times theirs
WARM_UP = 5
CGROUPS = "/sys/fs/cgroup"
UNIFIED = CGROUPS + "/unified"
CLONE_NEWNS, MS_PRIVATE_ALL, PR_SET_CHILD_SUBREAPER = 0x20000, 0x44000, 36


def main():
    options = parse_arguments()
    if os.geteuid() != 0:
        sys.exit("bench: needs root")
    enter_own_mounts()
    become_subreaper()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # cleaned up as after Ctrl-C
    place = tempfile.mkdtemp(prefix="berth-bench-")
    try:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], check=True)
        report = measure(options, place)
    finally:
        remove_cgroups(f"bench{os.getpid()}")
        subprocess.run(["umount", "-l", place], check=False)
        os.rmdir(place)
    print(json.dumps(report, indent=2) if options.json else as_text(report))
    return 1 if options.check and not all(t["met"] for t in report["targets"]) else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="rounds (default 200)")
    parser.add_argument("--pause", type=int, default=30, metavar="MS", help="before each run, and each verb (default 30)")
    parser.add_argument("--verb-runs", type=int, help="rounds of the single verbs (default: runs / 4)")
    parser.add_argument("--berth", default=os.path.join(ROOT, "build/release/berth"), metavar="PATH")
    parser.add_argument("--runtime", action="append", default=[], metavar="NAME=PATH",
                        help="one more runtime; crun and runc are taken when installed")
    parser.add_argument("--only", metavar="NAME,NAME", help="just these")
    parser.add_argument("--no-verbs", action="store_true", help="only `run`")
    parser.add_argument("--musl", action="store_true", help="the floor against musl, too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    if options.pause < 0:
        parser.error(f"--pause: found {options.pause}, allowed: 0 or more")
    if options.runs < 1 or (options.verb_runs is not None and options.verb_runs < 1):
        parser.error("at least one run")
    if any("=" not in text for text in options.runtime):
        parser.error("--runtime wants NAME=PATH")
    return options


# ---- the place -----------------------------------------------------------------------------------


def enter_own_mounts():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(None, b"/", None, MS_PRIVATE_ALL, None):
        sys.exit("bench: cannot make a mount namespace: " + os.strerror(ctypes.get_errno()))
    if os.path.ismount(UNIFIED):
        subprocess.run(["umount", UNIFIED], check=True)
        # crun makes plain directories there without looking: they go away with this tmpfs.
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", UNIFIED], check=True)


def become_subreaper():
    """The first process of a detached container becomes ours to reap, so its end is seen at once."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def remove_cgroups(mark):
    """What a failed run may have left: cgroups whose path bears our mark."""
    if os.path.ismount(UNIFIED):
        subprocess.run(["umount", UNIFIED], check=True)
    for directory, _, _ in os.walk(CGROUPS, topdown=False):
        if mark in directory:
            try:
                os.rmdir(directory)
            except OSError as error:
                print(f"bench: left behind: {directory}: {error.strerror}", file=sys.stderr)


def build_floor(place, compiler, name):
    output = os.path.join(place, name)
    sources = [os.path.join(HERE, file) for file in ("floor.c", "floor_cgroup.c")]
    include = []  # musl-gcc knows no kernel headers
    if compiler == "musl-gcc":
        machine = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True)
        include = ["-idirafter", "/usr/include", "-idirafter",
                   "/usr/include/" + machine.stdout.strip()]
    subprocess.run([compiler, "-O2", "-static", *include, "-o", output, *sources], check=True)
    return output


def make_bundle(place, runtimes):
    """One bundle for all: busybox, and the default configuration as the first runtime writes it."""
    busybox = shutil.which("busybox")
    if not busybox:
        sys.exit("bench: needs busybox-static")
    bundle = os.path.join(place, "bundle")
    bin_directory = os.path.join(bundle, "rootfs", "bin")
    os.makedirs(bin_directory)
    shutil.copy(busybox, os.path.join(bin_directory, "busybox"))
    for name in ("true", "sleep", "sh"):
        os.symlink("busybox", os.path.join(bin_directory, name))
    for name in ("proc", "dev", "sys"):
        os.mkdir(os.path.join(bundle, "rootfs", name))
    writers = [path for name, path in runtimes if name != "floor" and name != "floor-musl"]
    if writers:
        subprocess.run([writers[0], "spec"], cwd=bundle, check=True, stdout=subprocess.DEVNULL)
        write_config(bundle, ["/bin/true"])
    return bundle


def write_config(bundle, arguments):
    path = os.path.join(bundle, "config.json")
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    config["ociVersion"] = "1.0.2"  # crun 1.8.1 takes nothing newer
    config["process"].update(args=arguments, terminal=False)
    config["linux"]["namespaces"] = [{"type": name} for name in NAMESPACES]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)


# ---- measuring -----------------------------------------------------------------------------------


def spawn_and_wait(arguments, errors=None):
    """One process from spawn to reaped: exit code, wall and CPU time in microseconds."""
    quiet = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
             (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
             (os.POSIX_SPAWN_OPEN, 2, errors or "/dev/null", os.O_WRONLY | os.O_CREAT, 0o600)]
    begin = time.perf_counter_ns()
    pid = os.posix_spawn(arguments[0], arguments, ENVIRONMENT, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = (time.perf_counter_ns() - begin) / 1000
    return os.waitstatus_to_exitcode(status), wall, (usage.ru_utime + usage.ru_stime) * 1e6


def timed(arguments, place):
    """As spawn_and_wait, but a failure ends the program and shows what the runtime said."""
    errors = os.path.join(place, "errors")
    code, wall, cpu = spawn_and_wait(arguments, errors)
    if code != 0:
        with open(errors, encoding="utf-8", errors="replace") as file:
            raise SystemExit(f"bench: {' '.join(arguments)}: exit code {code}\n{file.read()}")
    return wall, cpu


def run_command(name, path, place, bundle, identifier):
    if name in ("floor", "floor-musl"):
        return [path, os.path.join(bundle, "rootfs")]
    return [path, "--root", state_root(place, name), "run", "--bundle", bundle, identifier]


def state_root(place, name):
    return os.path.join(place, "state-" + name)


def summary(samples):
    walls, cpus = sorted(wall for wall, _ in samples), [cpu for _, cpu in samples]
    return {"wall_median_us": round(statistics.median(walls)),
            "wall_p90_us": round(walls[min(len(walls) - 1, len(walls) * 9 // 10)]),
            "cpu_median_us": round(statistics.median(cpus)), "runs": len(samples)}


def in_turns(runtimes, rounds, pause, once):
    """Calls once(name, path, number) for each runtime, reversing the order every round."""
    for number in range(rounds):
        for name, path in runtimes if number % 2 == 0 else reversed(runtimes):
            time.sleep(pause / 1000)
            once(name, path, number)
        show_progress(number + 1, rounds)


def show_progress(done, total):
    if sys.stderr.isatty():
        print(f"\r{done}/{total} rounds", end="" if done < total else "\r\033[K", file=sys.stderr,
              flush=True)


def measure_run(runtimes, place, bundle, rounds, pause):
    samples = {name: [] for name, _ in runtimes}

    def once(name, path, number):
        identifier = f"bench{os.getpid()}-{name}-{number}"
        result = timed(run_command(name, path, place, bundle, identifier), place)
        if number >= WARM_UP:
            samples[name].append(result)

    in_turns(runtimes, WARM_UP + rounds, pause, once)
    return {name: summary(results) for name, results in samples.items()}


def measure_verbs(runtimes, place, bundle, rounds, pause):
    samples = {name: {verb: [] for verb in VERBS} for name, _ in runtimes}

    def once(name, path, number):
        for verb, result in one_life(name, path, place, bundle, number, pause):
            if number >= WARM_UP:
                samples[name][verb].append(result)

    in_turns(runtimes, WARM_UP + rounds, pause, once)
    return {name: {verb: summary(results) for verb, results in verbs.items()}
            for name, verbs in samples.items()}


def one_life(name, path, place, bundle, number, pause):
    """create, start, state, kill, delete of one container; yields (verb, times)."""
    identifier = f"bench{os.getpid()}-{name}-{number}"
    pid_file = os.path.join(place, "pid")
    base = [path, "--root", state_root(place, name)]
    extra = {"create": ["--bundle", bundle, "--pid-file", pid_file]}
    behind = {"kill": ["KILL"]}
    alive = 0
    try:
        for verb in VERBS:
            command = [*base, verb, *extra.get(verb, []), identifier, *behind.get(verb, [])]
            time.sleep(pause / 1000)
            yield verb, timed(command, place)
            if verb == "create":
                with open(pid_file, encoding="ascii") as file:
                    alive = int(file.read())
            elif verb == "kill":
                os.waitpid(alive, 0)
                alive = 0
    finally:
        if alive:
            os.kill(alive, signal.SIGKILL)
            os.waitpid(alive, 0)
            spawn_and_wait([*base, "delete", "--force", identifier])


def measure(options, place):
    runtimes = find_runtimes(options, place)
    bundle = make_bundle(place, runtimes)
    oci = [(name, path) for name, path in runtimes if not name.startswith("floor")]
    for name, _ in oci:
        os.mkdir(state_root(place, name))
    report = {"versions": {name: version_of(path) for name, path in oci},
              "pause_ms": options.pause,
              "run": measure_run(runtimes, place, bundle, options.runs, options.pause)}
    if oci and not options.no_verbs:
        write_config(bundle, ["/bin/sleep", "1000"])
        rounds = options.verb_runs or max(1, options.runs // 4)
        report["verbs"] = measure_verbs(oci, place, bundle, rounds, options.pause)
    medians = {name: result["wall_median_us"] for name, result in report["run"].items()}
    report["targets"] = [
        {"ratio": f"berth run / {other} run", "limit": limit,
         "value": round(medians["berth"] / medians[other], 3),
         "met": medians["berth"] <= limit * medians[other]}
        for other, limit in TARGETS if "berth" in medians and other in medians]
    return report


def find_runtimes(options, place):
    found = [("floor", build_floor(place, "gcc", "floor"))]
    if options.musl:
        found.append(("floor-musl", build_floor(place, "musl-gcc", "floor-musl")))
    if os.access(options.berth, os.X_OK):
        found.append(("berth", os.path.abspath(options.berth)))
    else:
        print(f"bench: no berth at {options.berth} (./dev build makes it)", file=sys.stderr)
    given = dict(text.split("=", 1) for text in options.runtime)
    for name in ("crun", "runc"):
        if name not in given and shutil.which(name, path=ENVIRONMENT["PATH"]):
            found.append((name, shutil.which(name, path=ENVIRONMENT["PATH"])))
    found += [(name, os.path.abspath(path)) for name, path in given.items()]
    wanted = options.only.split(",") if options.only else None
    return [(name, path) for name, path in found if wanted is None or name in wanted]


def version_of(path):
    output = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    return output.split("\n")[0]


# ---- printing ------------------------------------------------------------------------------------


def as_text(report):
    runs = next(iter(report["run"].values()))["runs"]
    lines = [f"`run` of /bin/true, default bundle, {runs} runs each in turns, {report['pause_ms']} ms apart; "
             "microseconds", "",
             f"{'':12}{'wall median':>12}{'wall p90':>12}{'cpu median':>12}{'x floor':>10}"]
    base = report["run"].get("floor", {}).get("wall_median_us")
    for name, result in report["run"].items():
        ratio = f"{result['wall_median_us'] / base:10.2f}" if base else f"{'-':>10}"
        lines.append(f"{name:12}{result['wall_median_us']:12}{result['wall_p90_us']:12}"
                     f"{result['cpu_median_us']:12}{ratio}")
    if "verbs" in report:
        lines += ["", f"the verbs one by one, wall median ({verb_runs(report)} runs each)", "",
                  f"{'':12}" + "".join(f"{verb:>10}" for verb in VERBS)]
        for name, verbs in report["verbs"].items():
            lines.append(f"{name:12}"
                         + "".join(f"{verbs[verb]['wall_median_us']:10}" for verb in VERBS))
    lines.append("")
    lines += [f"{name}: {version}" for name, version in report["versions"].items()]
    for target in report["targets"]:
        lines.append(f"{target['ratio']}: {target['value']:.2f} (target: at most {target['limit']}) "
                     + ("met" if target["met"] else "MISSED"))
    return "\n".join(lines)


def verb_runs(report):
    return next(iter(report["verbs"].values()))["create"]["runs"]


if __name__ == "__main__":
    sys.exit(main())
