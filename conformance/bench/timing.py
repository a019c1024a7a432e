"""Spawning, taking turns, and what is told of many samples."""
import json
import os
import statistics
import subprocess
import sys
import time

import runtimes

WARM_UP = 5
MEDIANS = ("wall", "cpu", "switches", "faults")
TICK = 1000  # microseconds; a kernel that counts CPU time in ticks has whole milliseconds, whose mean says something
ENVIRONMENT = {"PATH": runtimes.SEARCHED}


class Failed(Exception):
    """A command that is part of a measurement and did not exit with 0; says what it printed."""

    def __init__(self, command, code, errors):
        super().__init__(f"{' '.join(command)}: exit code {code}: {errors.strip()}")
        self.reason = (errors.strip().splitlines() or [f"exit code {code}"])[-1]


def timed(command, count=1, at_once=1):
    """What the stopwatch says of a command: wall and cpu in microseconds, switches, faults, peak in KB."""
    watch = [os.path.join(runtimes.BUILT, "stopwatch"), str(count), str(at_once), *command]
    # What the command leaves behind keeps its error output, so that is a file: nobody waits for its end.
    with open(os.path.join(os.environ["PLACE"], "errors"), "w+", encoding="utf-8", errors="replace") as errors:
        done = subprocess.run(watch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                              env=ENVIRONMENT, check=False)
        if done.returncode != 0:
            errors.seek(0)
            raise Failed(command, done.returncode, errors.read())
    return json.loads(done.stdout)


def in_turns(those, rounds, pause, once, warm_up=WARM_UP):
    """Calls once(runtime, number) for each of those, in one of the balanced orders each round; returns their
    results by name, without the ones of the first rounds. `pause` is in milliseconds, before each call."""
    results = {runtime.name: [] for runtime in those}
    orders = balanced_orders(those)
    for number in range(warm_up + rounds):
        for runtime in orders[number % len(orders)]:
            time.sleep(pause / 1000)
            result = once(runtime, number)
            if number >= warm_up:
                results[runtime.name].append(result)
        progress(f"{number + 1}/{warm_up + rounds} rounds")
    progress("")
    return results


def balanced_orders(those):
    """Orders in which each of those follows each of the others equally often (a Williams design), and so does not
    always profit or suffer from what one of them leaves in the caches."""
    size = len(those)
    zigzag = [(place + 1) // 2 if place % 2 else -(place // 2) for place in range(size)]
    orders = [[those[(start + step) % size] for step in zigzag] for start in range(size)]
    return orders + [order[::-1] for order in orders] if size % 2 else orders


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def summary(samples):
    walls = sorted(sample["wall"] for sample in samples)
    told = {key: round(statistics.median(sample[key] for sample in samples)) for key in MEDIANS}
    if all(sample["cpu"] % TICK == 0 for sample in samples):
        told["cpu"] = round(statistics.mean(sample["cpu"] for sample in samples))
    return {**told, "p90": round(walls[min(len(walls) - 1, len(walls) * 9 // 10)]), "samples": len(samples)}
