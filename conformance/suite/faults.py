"""Broken runtimes. Each check names the fault that it must find; `conformance/run --faults` shows that it does.

A fault stands between a check and the real runtime: it is called with the real runtime and one call, which it may
change, before or after, or leave out. A check that still passes cannot fail.
"""
import json

from suite.runtime import Call, Result
from suite.verdict import Failed


class Broken:
    """A runtime with a fault."""

    def __init__(self, runtime, fault):
        self.runtime, self.fault = runtime, fault

    def call(self, call):
        return self.fault(self.runtime, call)


# ---- of the configuration ----


def ignores_config(runtime, call):
    """It does not know the properties that the check is about."""
    if call.verb == "create":
        call.bundle.write({})
    return runtime.call(call)


def takes_instead(valid):
    """It accepts an invalid value, as if it were this valid one."""
    def fault(runtime, call):
        if call.verb == "create":
            call.bundle.write(valid)
        return runtime.call(call)
    return fault


def makes_edits(edits):
    """It does something else than the configuration says, or more: what it would do with these edits."""
    def fault(runtime, call):
        if call.verb == "create":
            call.bundle.write({**call.bundle.edits, **edits})
        return runtime.call(call)
    return fault


def spoils(question, argument):
    """It makes something in the container other than it is to be, just before the program: the probe, as a hook of
    startContainer, does it by one of its questions that change things."""
    return makes_edits({"/hooks/startContainer/-": {"path": "/probe", "args": ["probe", "to:/dev/null", f"{question}:{argument}"]}})


# ---- of the operations ----


def says_success(verb):
    """It does the operation, or fails to, and reports success anyway."""
    return exits_with(verb, 0)


def says_failure(verb):
    """It does the operation and reports an error anyway."""
    return exits_with(verb, 1)


def exits_with(verb, code):
    def fault(runtime, call):
        result = runtime.call(call)
        return Result(result.words, code, result.output, result.errors) if call.verb == verb else result
    return fault


def does_nothing(verb):
    """It reports success and has done nothing."""
    def fault(runtime, call):
        return Result(call.words, 0) if call.verb == verb else runtime.call(call)
    return fault


def refuses(verb):
    """It reports an error and has done nothing."""
    def fault(runtime, call):
        return Result(call.words, 1, "", "no") if call.verb == verb else runtime.call(call)
    return fault


def also_does(verb, *others):
    """After an operation it does others on its own. {"kill", "KILL"}: words before and after the id."""
    def fault(runtime, call):
        result = runtime.call(call)
        if call.verb == verb:
            for other, *words in others:
                runtime.call(Call(other, [other, id_of(call), *words]))
        return result
    return fault


def sends(signal):
    """It kills with this signal, whichever is asked for."""
    def fault(runtime, call):
        if call.verb == "kill":
            call = call._replace(words=[*call.words[:2], signal])
        return runtime.call(call)
    return fault


def id_of(call):
    """The id among a call's words."""
    return call.words[1] if call.verb == "kill" else call.words[-1]


# ---- of the state document, and of what is around a container ----


def state_with(**properties):
    """The state document has these values; None: it does not have the property."""
    def fault(runtime, call):
        result = runtime.call(call)
        if call.verb != "state" or result.code != 0:
            return result
        try:
            document = {**result.document, **properties}
        except Failed:
            return result
        text = json.dumps({name: value for name, value in document.items() if value is not None})
        return Result(result.words, 0, text, result.errors)
    return fault


def before(verb, action):
    """Before an operation it does something to the bundle: the action gets it."""
    def fault(runtime, call):
        if call.verb == verb:
            action(call.bundle)
        return runtime.call(call)
    return fault


def after(verb, action):
    """After an operation it does something to the bundle's surroundings: the action gets the bundle."""
    def fault(runtime, call):
        result = runtime.call(call)
        if call.verb == verb:
            action(call.bundle)
        return result
    return fault


def answers(verb, path, value):
    """The document that an operation prints has this value at a path of names apart by dots."""
    def fault(runtime, call):
        result = runtime.call(call)
        if call.verb != verb or result.code != 0:
            return result
        document = part = result.document
        *above, last = path.split(".")
        for name in above:
            part = part.setdefault(name, {})
        part[last] = value
        return Result(result.words, 0, json.dumps(document), result.errors)
    return fault
