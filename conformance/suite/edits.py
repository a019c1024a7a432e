"""Changes of a configuration, as data: JSON pointer -> value.

    {"/process/cwd": "/tmp"}                       replaced, or added with the objects above it
    {"/mounts/-": mount}                           appended; each(a, b) appends several
    {"/hostname": REMOVED}                         taken away
    {"/root/path": lambda bundle: bundle.path("rootfs")}     a value that depends on where the bundle is
"""
import copy


class Removed:
    """The value of an edit that takes a property away."""

    def __repr__(self):
        return "(removed)"


class Each(list):
    """The values of an edit that appends several."""


REMOVED = Removed()


def each(*values):
    return Each(values)


def edited(config, edits, bundle):
    """A copy of the configuration with these changes."""
    config = copy.deepcopy(config)
    for pointer, value in edits.items():
        if callable(value):
            value = value(bundle)
        edit(config, [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]], value)
    return config


def edit(config, parts, value):
    *above, last = parts
    for part, following in zip(above, parts[1:]):
        if isinstance(config, list):
            config = config[int(part)]
        else:
            config = config.setdefault(part, [] if following == "-" else {})
    if isinstance(config, list):
        edit_list(config, last, value)
    elif value is REMOVED:
        config.pop(last, None)
    else:
        config[last] = copy.deepcopy(value)


def edit_list(items, last, value):
    if last == "-":
        items.extend(copy.deepcopy(value) if isinstance(value, Each) else [copy.deepcopy(value)])
    elif value is REMOVED:
        del items[int(last)]
    else:
        items[int(last)] = copy.deepcopy(value)
