"""`run`, and the life of a container one verb at a time: what each costs."""
import os
import signal
import time

import bundles
from timing import Failed, in_turns, summary, timed

VERBS = ["create", "start", "state", "kill", "delete"]


def name_of(runtime, number):
    return f"{runtime.name}-{number}"


def willing(those, kind, world):
    """Those that run this bundle at all, and why the others do not; the floors and berth must."""
    able, refused = [], {}
    for runtime in those:
        try:
            run_once(runtime, kind, world, "probe")
            able.append(runtime)
        except Failed as failure:
            if runtime.floor or runtime.name == "berth":
                raise
            refused[runtime.name] = failure.reason
            world.remove_cgroups(name_of(runtime, "probe"))
    return able, refused


def run_once(runtime, kind, world, number):
    identifier = name_of(runtime, number)
    bundle = world.bundles.write(kind, identifier, bundles.TRUE)
    return timed(runtime.command("run", kind, bundle, identifier))


def measure_run(those, kind, world, rounds, pause):
    results = in_turns(those, rounds, pause, lambda runtime, number: run_once(runtime, kind, world, number))
    return {name: summary(samples) for name, samples in results.items()}


class Container:
    """A container of a runtime, created and not started; end() removes it, whatever it does by then."""

    def __init__(self, runtime, kind, world, number):
        self.runtime, self.kind, self.identifier = runtime, kind, name_of(runtime, number)
        self.bundle = world.bundles.write(kind, self.identifier, bundles.SLEEP)
        self.cost = self.call("create")
        self.pid = runtime.pid_of(self.identifier)
        self.cost["cpu"] += cpu_of(self.pid)

    def call(self, verb):
        return timed(self.runtime.command(verb, self.kind, self.bundle, self.identifier))

    def reap(self):
        os.waitpid(self.pid, 0)
        self.pid = 0

    def end(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.reap()
        self.call("delete")


def cpu_of(pid):
    """Microseconds that the first process has run so far (/proc/PID/task/TID/schedstat, first field)."""
    threads = os.listdir(f"/proc/{pid}/task")
    total = 0
    for thread in threads:
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1000


def one_life(runtime, kind, world, number, pause):
    container = Container(runtime, kind, world, number)
    costs = {"create": container.cost}
    try:
        for verb in ("start", "state", "kill"):
            time.sleep(pause / 1000)
            costs[verb] = container.call(verb)
        container.reap()
        time.sleep(pause / 1000)
    except Failed:
        container.end()
        raise
    costs["delete"] = container.call("delete")
    return costs


def measure_verbs(those, kind, world, rounds, pause):
    """CPU of create is with the first process's until then."""
    results = in_turns(those, rounds, pause, lambda runtime, number: one_life(runtime, kind, world, number, pause))
    return {name: {verb: summary([life[verb] for life in lives]) for verb in VERBS} for name, lives in results.items()}


def measure_exec(those, kind, world, rounds, pause):
    """`exec` of /bin/true, by each runtime in a running container of its own."""
    boxes = {}
    try:
        for runtime in those:
            boxes[runtime.name] = Container(runtime, kind, world, "exec")
            boxes[runtime.name].call("start")
        results = in_turns(those, rounds, pause, lambda runtime, _: boxes[runtime.name].call("exec"))
    finally:
        for box in boxes.values():
            box.end()
    return {name: summary(samples) for name, samples in results.items()}
