"""How a check ends other than well."""


class Failed(Exception):
    """The runtime did not do what the requirement says."""

    def __init__(self, expected, seen):
        super().__init__(f"expected {expected}, seen {seen}")
        self.expected, self.seen = expected, seen


class Refused(Failed):
    """The runtime reported an error where the check needed success. What is optional may be refused."""


class Declined(Exception):
    """The runtime refuses what it may refuse; the text says how."""


class Untested(Exception):
    """This machine cannot show it; the text says why."""


def same(seen, expected, what):
    """Fails unless both are equal; `what` names the thing in the report."""
    if seen != expected:
        raise Failed(f"{what}: {expected!r}", f"{seen!r}")


def holds(condition, expected, seen):
    if not condition:
        raise Failed(expected, seen)
