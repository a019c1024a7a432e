"""linux.intelRdt (config-linux.md, "IntelRdt"): what only a processor with RDT has."""
import contextlib
import os

from suite.check import lifecycle, refused
from suite.edits import REMOVED
from suite.faults import ignores_config, makes_edits, says_success
from suite.verdict import holds, same

RDT = "/linux/intelRdt"
NEEDS = "mounted:resctrl"


def top():
    """Where resctrl is mounted."""
    with open("/proc/self/mounts", encoding="utf-8") as lines:
        return next((fields[1] for fields in map(str.split, lines) if fields[2] == "resctrl"), "")


def text_of(group, name):
    with open(os.path.join(top(), group, name), encoding="ascii") as source:
        return source.read()


def schema():
    """The line of the default class for a resource that there is, in the words of its file."""
    return next(line.strip() for line in text_of("", "schemata").splitlines() if line.strip().startswith(("L3:", "MB:")))


@contextlib.contextmanager
def made(name):
    """A class that the runtime finds."""
    os.mkdir(os.path.join(top(), name))
    try:
        yield
    finally:
        os.rmdir(os.path.join(top(), name))


def is_in(container, group):
    holds(str(container.pid()) in text_of(group, "tasks").split(), f"the process in tasks of '{group}'",
          repr(text_of(group, "tasks")))


def with_rdt(ids, title, value, fault=ignores_config, since="1.1.0"):
    return lifecycle(ids, title, needs=NEEDS, config={RDT: value}, fault=fault, since=since, alone=True)


refused("RDT-1", "intelRdt without resctrl", needs=f"without:{NEEDS}", config={RDT: {}}, valid={RDT: REMOVED})
refused("RDT-1", "intelRdt with a class without resctrl", needs=f"without:{NEEDS}", config={RDT: {"closID": "conformance"}},
        valid={RDT: REMOVED})
for name, value in (("l3CacheSchema", "L3:0=f\nL3:0=1"), ("memBwSchema", "MB:0=50\nMB:0=60"), ("memBwSchema", "L3:0=f")):
    refused("RDT-3 VV-1", f"a {name} of {value!r}", needs=NEEDS, config={RDT: {name: value}}, valid={RDT: {}})


@with_rdt("RDT-1 RDT-4", "without closID the process is in a directory of the container's id, which delete removes", {})
def _(container):
    container.create().ok()
    is_in(container, container.id)
    container.end()
    same(os.path.isdir(os.path.join(top(), container.id)), False, "the directory is there after delete")


@lifecycle("RDT-1", "without intelRdt nothing is made in resctrl", needs=NEEDS, alone=True, fault=makes_edits({RDT: {}}))
def _(container):
    before = sorted(os.listdir(top()))
    container.create().ok()
    same(sorted(os.listdir(top())), before, "directories of resctrl")


@with_rdt("RDT-2", "closID / is the default class", {"closID": "/"}, fault=makes_edits({RDT: {}}), since="1.3.0")
def _(container):
    container.create().ok()
    is_in(container, "")


@with_rdt("RDT-3 RDT-5", "closID and schemata: the class is made, and has the lines of schemata", since="1.3.0",
          value=lambda _: {"closID": "conformance", "schemata": [schema()]})
def _(container):
    container.create().ok()
    try:
        is_in(container, "conformance")
        lines = text_of("conformance", "schemata")
        holds(schema() in map(str.strip, lines.splitlines()), schema(), lines)
        container.end()
    finally:
        os.rmdir(os.path.join(top(), "conformance"))


@with_rdt("RDT-5", "a closID of which there is no class, without a schema, is an error", {"closID": "conformance-none"},
          fault=says_success("create"))
def _(container):
    container.create().fails()
    same(os.path.isdir(os.path.join(top(), "conformance-none")), False, "the class is there")


@with_rdt("RDT-5 RDT-6", "the class closID that is there is used, and delete leaves it", {"closID": "conformance"})
def _(container):
    with made("conformance"):
        container.create().ok()
        is_in(container, "conformance")
        container.end()
        same(os.path.isdir(os.path.join(top(), "conformance")), True, "the class is there after delete")


@with_rdt("RDT-7", "enableMonitoring makes a group of the container's id, which delete removes", {"enableMonitoring": True},
          since="1.3.0")
def _(container):
    container.create().ok()
    groups = os.path.join(top(), container.id, "mon_groups")
    same(os.listdir(groups), [container.id], "groups of mon_groups")
    container.end()
    same(os.path.isdir(groups), False, "the group is there after delete")
