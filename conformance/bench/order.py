#!/usr/bin/env python3
"""Writes cmake/order.ld: the functions that the verbs execute, the short ones first, for the linker to place together.

The kernel maps a program's file in pieces of 64 KiB, when one of them is touched first. `state` executes 340
of 5,000 functions; where they are spread over the file it touches all twenty pieces, together two. That is
15 % of its time, and 3 % of an exec's.

    order.py        needs root, x86_64, a build/release of the same sources, and a machine with cgroup v1,
                    as the functions of both layouts are wanted; takes six minutes

A function that is renamed later falls out of the order, and costs what it did before.
"""
import bisect
import json
import os
import re
import subprocess
import sys

import lives
import measure
import runtimes

VERBS = ["state", "start", "exec", "kill", "delete", "create"]
MAP = os.path.join(runtimes.ROOT, "build/release/berth.map")
SCRIPT = os.path.join(runtimes.ROOT, "cmake/order.ld")
PIECE = re.compile(r"^ (\.text\S*)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)$", re.MULTILINE)
HEAD = """/* The functions that `state`, `start`, `exec`, `kill`, `delete` and `create` execute, in this order, so that they lie
   together.
   Written by conformance/bench/order.py, which says why. */
SECTIONS
{
  .text.first :
  {
"""
# What the child executes that shares berth's memory until it executes init: this program does not follow it.
OF_CHILD = ["*(.text._ZN5berth3sys13SealedProgram5Start3runEPv)", "*(.text.getppid)"]
TAIL = "  }\n}\nINSERT BEFORE .text;\n"


def main():
    if os.environ.get("PLACE") is not None:
        print(json.dumps(patterns()))
        return 0
    import bench  # for its private place
    runtimes.build()
    views = []
    for view in ("v1", "v2"):
        place = ["bash", bench.PRIVATE_PLACE, "--cgroup", view, "--", sys.executable, os.path.abspath(__file__)]
        done = subprocess.run(place, stdout=subprocess.PIPE, text=True, check=True)
        views.append(json.loads(done.stdout))
    ordered = dict.fromkeys(pattern for verb in VERBS for view in views for pattern in view[verb])
    ordered.update(dict.fromkeys(OF_CHILD))
    with open(SCRIPT, "w", encoding="ascii") as file:
        file.write(HEAD + "".join(f"    {pattern}\n" for pattern in ordered) + TAIL)
    print(f"{SCRIPT}: {len(ordered)} functions")
    return 0


def patterns():
    """For each verb, the linker's patterns of what it executes in this place."""
    pieces = read_map()
    return {verb: list(dict.fromkeys(pieces_of(addresses, pieces))) for verb, addresses in executed()}


def read_map():
    """(address, size, pattern for the linker) of each piece of code, in the order of their addresses."""
    with open(MAP, encoding="utf-8") as file:
        text = file.read()
    text = text[text.index("Linker script and memory map"):]
    text = re.sub(r"^( \.text\S*)\n\s+", r"\1 ", text, flags=re.MULTILINE)  # long names have a line of their own
    pieces = []
    for section, address, size, place in PIECE.findall(text):
        if int(address, 16) and int(size, 16):
            pieces.append((int(address, 16), int(size, 16), pattern_of(section, place)))
    return sorted(pieces)


def pattern_of(section, place):
    """A library of C has one section in each of its files; ours have one for each function."""
    if section != ".text":
        return f"*({section})"
    if "(" in place:
        return "*{}:{}(.text)".format(*re.fullmatch(r".*/(\S+)\((\S+)\)", place).groups())
    return f"*{os.path.basename(place)}(.text)" if place.endswith("crt1.o") else ""


def pieces_of(addresses, pieces):
    starts = [piece[0] for piece in pieces]
    for address in addresses:
        start, size, pattern = pieces[max(0, bisect.bisect_right(starts, address) - 1)]
        if start <= address < start + size and pattern:
            yield pattern


def executed():
    """The addresses that each verb executes, in the life of a container."""
    from world import World  # makes its directory
    measure.become_subreaper()
    world = World()
    runtime = runtimes.Runtime("berth", os.path.join(runtimes.ROOT, "build/release/berth"),
                               os.path.join(world.place, "state"))
    steps, output = os.path.join(world.place, "steps"), os.path.join(world.place, "addresses")
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", steps, os.path.join(runtimes.HERE, "steps.c")],
                   check=True)
    box = lives.Container(runtime, "docker-like", world, "order")
    for verb in VERBS:
        if verb == "create":  # it would refuse to write over the pid file
            os.unlink(runtime.pid_file(box.identifier))
        command = runtime.command(verb, "docker-like", box.bundle, box.identifier)
        subprocess.run([steps, output, *command], stdout=subprocess.DEVNULL, check=True)
        if verb == "kill":
            box.reap()
        yield verb, [int(line, 16) for line in runtimes.read(output).split()]
    box.pid = runtime.pid_of(box.identifier)
    box.end()


if __name__ == "__main__":
    sys.exit(main())
