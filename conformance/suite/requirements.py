"""The requirements by id, as conformance/requirements.tsv lists them."""
import collections
import functools
import os

PLACE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "requirements.tsv")
# The letters of the list -> the level that --level selects.
LEVELS = {"M": "must", "MN": "must", "S": "should", "SN": "should", "Y": "may", "-": "may"}

Requirement = collections.namedtuple("Requirement", "id level chapter sentence")


@functools.cache
def requirements():
    """Id -> requirement, in the order of the list; `level` is must, should or may."""
    found = {}
    for row in rows(PLACE):
        found[row[0]] = Requirement(row[0], LEVELS[row[1]], *row[2:4])
    return found


@functools.cache
def deviations():
    """Id -> reason, of what berth does in another way on purpose."""
    path = os.path.join(os.path.dirname(PLACE), "exceptions.tsv")
    return {row[0]: row[2] for row in rows(path) if row[1] in ("deviates", "later")}


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]


def letters_of(id):
    """The level as the list writes it."""
    return next(row[1] for row in rows(PLACE) if row[0] == id)
