"""What a report of the probe must say, as data: path into the report -> value, or a predicate.

A path has its names apart by dots; a name with dots or slashes stands in brackets:
"capabilities.bounding", "mounts[/proc].options", "read[/proc/sys/net/ipv4/ip_forward]".
"""
import re

from suite.verdict import Failed


class Predicate:
    """A condition with the words for it."""

    def __init__(self, words, condition):
        self.words, self.condition = words, condition

    def __repr__(self):
        return self.words


class Absent:
    """The value at a path that the report does not have."""

    def __repr__(self):
        return "absent"

    def __bool__(self):
        return False


ABSENT = Absent()


def has(*items):
    return Predicate(f"with {listed(items)}", lambda value: value is not ABSENT and all(item in value for item in items))


def lacks(*items):
    return Predicate(f"without {listed(items)}", lambda value: value is not ABSENT and not any(item in value for item in items))


def one_of(*values):
    return Predicate(f"one of {listed(values)}", lambda value: value in values)


def other_than(*values):
    return Predicate(f"not {listed(values)}", lambda value: value is not ABSENT and value not in values)


def matches(pattern):
    return Predicate(f"text like {pattern}", lambda value: isinstance(value, str) and re.search(pattern, value) is not None)


def at_least(least):
    return Predicate(f"at least {least}", lambda value: isinstance(value, int) and value >= least)


def in_any_order(*items):
    return Predicate(f"{list(items)} in any order", lambda value: isinstance(value, list) and sorted(value) == sorted(items))


def with_members(*names):
    """An object that has these members and no other ones."""
    return Predicate(f"an object with {listed(names)} alone", lambda value: isinstance(value, dict) and set(value) == set(names))


def absent():
    return Predicate("absent", lambda value: value is ABSENT)


def listed(items):
    return ", ".join(map(repr, items))


def look_up(report, path):
    """The value at a path, or ABSENT."""
    for bracketed, name in re.findall(r"\[([^\]]*)\]|([^.\[\]]+)", path):
        key = bracketed or name
        if isinstance(report, list) and re.fullmatch(r"-?\d+", key) and -len(report) <= int(key) < len(report):
            report = report[int(key)]
        elif isinstance(report, dict) and key in report:
            report = report[key]
        else:
            return ABSENT
    return report


def compare(report, expect):
    """Fails with each path whose value is another one."""
    wrong = {}
    for path, wanted in expect.items():
        value = look_up(report, path)
        if not (wanted.condition(value) if isinstance(wanted, Predicate) else value == wanted):
            wrong[path] = (wanted, value)
    if wrong:
        raise Failed("; ".join(f"{path}: {wanted!r}" for path, (wanted, _) in wrong.items()),
                     "; ".join(f"{path}: {value!r}" for path, (_, value) in wrong.items()))
