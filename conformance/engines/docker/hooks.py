"""Hooks, added by a wrapper of the runtime as the runtimes for GPUs add theirs."""
import os

from docker.engine import Docker
from suite.checks import check, expect

WRAPPER = """#!/usr/bin/python3
import json, os, sys
words = sys.argv[1:]
if "create" in words:
    path = os.path.join(words[words.index("--bundle") + 1], "config.json")
    with open(path) as file:
        config = json.load(file)
    hooks = config.setdefault("hooks", {{}})
    for kind in ("createRuntime", "createContainer", "poststart", "poststop"):
        hooks.setdefault(kind, []).append({{"path": "{hook}", "args": ["hook", kind]}})
    with open(path, "w") as file:
        json.dump(config, file)
os.execv("{runtime}", ["{runtime}", *words])
"""
HOOK = """#!/bin/sh
echo "$1 $(cat)" >> {out}
{command}
"""


def write_program(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(path, 0o755)


def hooked(engine, name, command=""):
    """A dockerd whose runtime adds hooks, and the file that they write."""
    place = engine.shared_directory(name)
    out, hook, wrapper = (os.path.join(place, each) for each in ("out", "hook", "wrapper"))
    write_program(hook, HOOK.format(out=out, command=command))
    write_program(wrapper, WRAPPER.format(hook=hook, runtime=engine.runtime))
    return Docker(os.path.join(engine.directory, name), wrapper, network=False), out


@check
def hooks_are_called_with_the_state(engine):
    docker, out = hooked(engine, "hooked")
    with docker:
        expect(docker.output("--network", "none", "--", "echo", "hi"), "hi", "output")
    with open(out, encoding="utf-8") as file:
        lines = [line.split(" ", 1) for line in file]
    expect([kind for kind, _ in lines], ["createRuntime", "createContainer", "poststart", "poststop"], "kinds")
    assert all('"pid"' in state and '"bundle"' in state for _, state in lines[:3]), "no pid or no bundle in the state"


@check
def failing_hook_is_reported(engine):
    docker, _ = hooked(engine, "failing", "echo why it failed >&2; exit 9")
    with docker:
        result = docker.run("--network", "none", "--", "echo", "hi", check=False)
        assert result.code != 0 and "hi" not in result.output, str(result)
        assert "hook" in result.errors and "9" in result.errors, f"the error names no hook: {result.errors}"
