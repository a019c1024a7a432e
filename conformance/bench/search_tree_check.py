"""Runs a filter of search_tree.py as the kernel would, and compares it with the profile, read rule by rule."""
import docker_profile
from search_tree import (AND, ARCHITECTURE, ARGUMENTS, AT_LEAST, EQUAL, I386, JUMP, KILL, LOAD, NUMBER, RETURN, X32_BIT,
                         X86_64, value_of)

BEYOND = 600  # above the numbers of all ABIs
ALL = 0xFFFFFFFFFFFFFFFF


def check(profile, program):
    """Exits if one call would get another answer than the profile gives."""
    samples = interesting_arguments(profile)
    for architecture, abi, bit in ((X86_64, "64", 0), (X86_64, "x32", X32_BIT), (I386, "32", 0)):
        numbers = docker_profile.numbers(abi)
        names = {number: name for name, number in numbers.items()}
        for number in range(BEYOND):
            rules = [rule for rule in profile["syscalls"] if names.get(number) in rule["names"]]
            for arguments in samples if any(rule.get("args") for rule in rules) else samples[:1]:
                found, wanted = run(program, architecture, number | bit, arguments), answer(profile, rules, arguments)
                if found != wanted:
                    raise SystemExit(f"bench: the filter answers {found:#x} to {abi} call {number} {arguments}, "
                                     f"the profile {wanted:#x}")
    if run(program, 0, 0, samples[0]) != KILL:
        raise SystemExit("bench: the filter allows calls of an unknown architecture")


def interesting_arguments(profile):
    """All arguments alike: 0, each value of a rule, that value in another half, its neighbours."""
    values = {0, ALL}
    for rule in profile["syscalls"]:
        for argument in rule.get("args", []):
            for value in (argument["value"], argument.get("valueTwo", 0)):
                values |= {value, value + 1 & ALL, value - 1 & ALL, value << 32 & ALL, value | 1 << 32}
    return [[value] * 6 for value in sorted(values)]


def answer(profile, rules, arguments):
    for rule in sorted(rules, key=lambda rule: bool(rule.get("args"))):  # one without conditions holds in any case
        if all(holds(argument, arguments[argument["index"]]) for argument in rule.get("args", [])):
            return value_of(rule["action"], rule.get("errnoRet"))
    return value_of(profile["defaultAction"], profile.get("defaultErrnoRet"))


def holds(argument, value):
    if argument["op"] == "SCMP_CMP_MASKED_EQ":
        return value & argument["value"] == argument["valueTwo"]
    return (value == argument["value"]) == (argument["op"] == "SCMP_CMP_EQ")


def run(program, architecture, number, arguments):
    place, register = 0, 0
    while True:
        code, yes, no, constant = program[place]
        place += 1
        if code == RETURN:
            return constant
        if code == LOAD:
            register = loaded(constant, architecture, number, arguments)
        elif code == AND:
            register &= constant
        elif code == JUMP:
            place += constant
        else:
            place += yes if {EQUAL: register == constant, AT_LEAST: register >= constant}[code] else no


def loaded(offset, architecture, number, arguments):
    if offset in (NUMBER, ARCHITECTURE):
        return {NUMBER: number, ARCHITECTURE: architecture}[offset]
    index, half = divmod(offset - ARGUMENTS, 8)
    return arguments[index] >> 8 * half & 0xFFFFFFFF
