"""The registry, and what a check is: data where data is enough.

    check("US-1", "uid and gid are the program's", config={"/process/user/uid": 5}, expect={"uids": [5, 5, 5, 5]})

    refused("CF-VER-1", "a version that is not SemVer", config={"/ociVersion": "one"}, valid={"/ociVersion": "1.0.0"})

    @lifecycle("RT-START-2", "a running container cannot be started", fault=says_success("start"))
    def _(container): ...

    untestable("AN-3", "it concerns the author of config.json")
    berth_deviates("US-2", "without umask the caller's is the program's")

The ids are those of conformance/requirements.tsv; several stand apart by spaces. The title says in the words of a user
what is checked. See conformance/README.md for all parameters.
"""
import dataclasses
import typing

from suite import faults
from suite.expectation import compare
from suite.requirements import letters_of, requirements
from suite.verdict import Failed, Untested


@dataclasses.dataclass(frozen=True)
class Check:
    """What one check does with one container of a bundle of its own.

    given: edits that the check needs but is not about. config: those that it is about. asks: questions for the probe.
    prepare: called with the bundle before. needs: what the machine must have (suite/needs.py). fault: the broken
    runtime that must not pass. since: the version of the specification that brought it, where that is not 1.0.0; then it
    is the ociVersion, too. alone: nothing may run beside it.
    """
    ids: tuple
    title: str
    action: typing.Callable
    fault: typing.Callable
    config: dict = dataclasses.field(default_factory=dict)
    given: dict = dataclasses.field(default_factory=dict)
    asks: tuple = ()
    prepare: typing.Callable | None = None
    needs: tuple = ()
    since: str = ""
    alone: bool = False

    @property
    def level(self):
        """The strictest level of its requirements."""
        levels = {requirements()[id].level for id in self.ids}
        return next(level for level in ("must", "should", "may") if level in levels)

    @property
    def optional(self):
        """Whether a runtime may refuse what the check is about."""
        return all(letters_of(id) == "Y" for id in self.ids)


CHECKS = []
DEVIATING = set()  # (id, title) of the checks that berth fails on purpose
UNTESTABLE = {}  # id -> why


def check(ids, title, *, config=None, expect=None, given=None, asks=(), prepare=None, needs=(), since="", fault=None,
          alone=False):
    """The container runs to its end, and its probe reports what is expected.

    expect: path -> value or predicate, or a function that gets report and container and returns such a dict or None.
    fault: by default `config` is ignored; a dict of edits is a runtime that makes them to any configuration.
    """
    def action(container):
        report = container.run_to_end()
        expected = expect(report, container) if callable(expect) else expect
        compare(report, expected or {})
        container.delete().ok()

    add(ids, title, action, fault or faults.ignores_config, config, given, asks, prepare, needs, since, alone)


def refused(ids, title, *, config, valid, at="create", given=None, asks=(), prepare=None, needs=(), since="", alone=False):
    """Create reports an error for `config` and leaves nothing; with `valid` in its stead it does not, or this says nothing.

    at: "start", where the text allows a runtime to find the error as late as that.
    """
    def action(container):
        result = container.create()
        if at == "start" and result.code == 0:
            container.start().fails()
        else:
            result.fails()
            leaves_nothing(container, "RT-ERR-1" in ids)
        accepts(container, valid, prepare)

    add(ids, title, action, faults.takes_instead(valid), config, given, asks, prepare, needs, since, alone)


def accepts(container, valid, prepare):
    """Makes the verdict "untested" if the runtime refuses the valid value, too."""
    twin = container.another(config=valid)
    if prepare:
        prepare(twin.bundle)
    result = twin.create()
    if result.code != 0:
        raise Untested(f"it refuses what is valid, too: {result}")


def leaves_nothing(container, of_resources=True):
    """Fails where there is something of a container that could not be created or that was deleted."""
    result = container.state()
    if result.code == 0:
        raise Failed("no container is left", str(result))
    if of_resources and container.cgroups():
        raise Failed("no cgroup is left", ", ".join(container.cgroups()))
    if of_resources and container.mounts():
        raise Failed("no mount is left", ", ".join(container.mounts()))


def lifecycle(ids, title, *, fault, config=None, given=None, asks=(), prepare=None, needs=(), since="", alone=False):
    """For a function that gets the container: where the order of operations is the matter."""
    def add_it(action):
        add(ids, title, action, fault, config, given, asks, prepare, needs, since, alone)
        return action
    return add_it


def untestable(ids, why):
    """Nothing that a runtime does can show whether it keeps to this."""
    for id in ids.split():
        UNTESTABLE[id] = why


def berth_deviates(id, title):
    """Of the checks of `id` this one shows what conformance/exceptions.tsv gives the reason for; the others are to pass."""
    assert any(id in each.ids and each.title == title for each in CHECKS), f"{id}: no check '{title}'"
    DEVIATING.add((id, title))


def add(ids, title, action, fault, config, given, asks, prepare, needs, since, alone):
    needs = (needs,) if isinstance(needs, str) else tuple(needs)
    fault = faults.makes_edits(fault) if isinstance(fault, dict) else fault
    given = {**({"/ociVersion": since} if since else {}), **(given or {})}
    CHECKS.append(Check(tuple(ids.split()), title, action, fault, config or {}, given, tuple(asks), prepare, needs, since, alone))
