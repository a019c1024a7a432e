"""The registry of checks, and what a check says.

A check is a function of its engine; `@check` adds it to the engine whose package it stands in. It
asserts what a user of the engine would see. Its name is its line in the report.
"""
CHECKS = []  # (engine's package, function), in the order of the report


class Skip(Exception):
    """This host cannot show it; the text says why."""


def check(function):
    CHECKS.append((function.__module__.partition(".")[0], function))
    return function


def checks_of(packages):
    return [function for name, function in CHECKS if name in packages]


def expect(actual, wanted, what):
    assert actual == wanted, f"{what}: {actual!r}, expected {wanted!r}"


def expect_in(part, text, what):
    assert part in text, f"{what}: {text!r}, expected {part!r} in it"
