"""A seccomp profile as a classic BPF program that searches the number of a call in a binary tree.

Neighbouring numbers with one decision are one range, so some hundred names are about a hundred ranges, of which
one is found in seven steps. A decision is a tuple of alternatives (conditions, value), where the conditions are
on arguments.
"""
import docker_profile

LOAD, AND, EQUAL, AT_LEAST, JUMP, RETURN = 0x20, 0x54, 0x15, 0x35, 0x05, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data, seccomp(2)
X86_64, I386, X32_BIT = 0xC000003E, 0x40000003, 0x40000000
MOST_RANGES = 200  # so that a conditional jump, over at most 255 instructions, reaches every leaf
ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000


def program(profile):
    """The instructions, as tuples (code, jt, jf, k)."""
    wide = decisions(profile, docker_profile.numbers("64"), 0)
    wide.update(decisions(profile, docker_profile.numbers("x32"), X32_BIT))
    narrow = decisions(profile, docker_profile.numbers("32"), 0)
    default = (((), value_of(profile["defaultAction"], profile.get("defaultErrnoRet"))),)
    of_wide, of_narrow = search(wide, default), search(narrow, default)
    return [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, X86_64), (JUMP, 0, 0, len(of_wide)), *of_wide,
            (EQUAL, 1, 0, I386), (RETURN, 0, 0, KILL), *of_narrow]


def as_header(instructions):
    lines = [f"  {{{code:#04x}, {yes}, {no}, {k:#x}u}}," for code, yes, no, k in instructions]
    return "\n".join(["static const struct sock_filter kFilter[] = {", *lines, "};", ""])


def value_of(action, errno):
    if action == "SCMP_ACT_ALLOW":
        return ALLOW
    if action == "SCMP_ACT_ERRNO":
        return ERRNO | (1 if errno is None else errno)
    raise SystemExit(f"bench: the seccomp profile has {action}, which the floor does not know")


def decisions(profile, numbers, bit):
    """Number -> decision. A name that the ABI does not have is skipped."""
    found = {}
    for rule in profile["syscalls"]:
        alternative = (tuple(condition(argument) for argument in rule.get("args", [])),
                       value_of(rule["action"], rule.get("errnoRet")))
        for name in rule["names"]:
            if name in numbers:
                found.setdefault(numbers[name] | bit, []).append(alternative)
    # A rule without conditions holds, whatever others say.
    return {number: tuple([each for each in alternatives if not each[0]][:1] or alternatives)
            for number, alternatives in found.items()}


def condition(argument):
    """(index, mask, expected, whether it is to be equal)"""
    everything = 0xFFFFFFFFFFFFFFFF
    forms = {"SCMP_CMP_EQ": (everything, argument["value"], True),
             "SCMP_CMP_NE": (everything, argument["value"], False),
             "SCMP_CMP_MASKED_EQ": (argument["value"], argument.get("valueTwo", 0), True)}
    if argument["op"] not in forms:
        raise SystemExit(f"bench: the seccomp profile has {argument['op']}, which the floor does not know")
    return (argument["index"], *forms[argument["op"]])


def search(found, default):
    """Loads the number and finds its range."""
    starts = [(0, default)]
    for number in sorted(found):
        for start, decision in ((number, found[number]), (number + 1, default)):
            if starts[-1][0] == start:
                starts.pop()
            if not starts or starts[-1][1] != decision:
                starts.append((start, decision))
    return [(LOAD, 0, 0, NUMBER), *tree(starts, default)]


def tree(starts, default):
    if len(starts) > MOST_RANGES:
        middle = len(starts) // 2
        below, above = tree(starts[:middle], default), tree(starts[middle:], default)
        return [(AT_LEAST, 0, 1, starts[middle][0]), (JUMP, 0, 0, len(below)), *below, *above]
    nodes = []  # (first number above, where to go on above, where below): a node's index, or a decision

    def grow(low, high):
        if high - low == 1:
            return starts[low][1]
        index, middle = len(nodes), (low + high) // 2
        nodes.append(None)
        below, above = grow(low, middle), grow(middle, high)
        nodes[index] = (starts[middle][0], above, below)
        return index

    grow(0, len(starts))
    places, leaves = {}, []
    for _, decision in starts:  # one leaf for all ranges with this decision
        if decision not in places:
            places[decision] = len(nodes) + len(leaves)
            leaves += leaf(decision, default)
    return [(AT_LEAST, places.get(above, above) - index - 1, places.get(below, below) - index - 1, start)
            for index, (start, above, below) in enumerate(nodes)] + leaves


def leaf(decision, default):
    """The first alternative whose conditions all hold decides."""
    code = []
    for conditions, value in decision:
        checks = [check for each in conditions for check in condition_code(each)]
        # A check names what is to be skipped when it fails as None: all up to the next alternative.
        total = len(checks) + 1
        code += [(*check[:1], *(total - place - 1 if jump is None else jump for jump in check[1:3]), check[3])
                 for place, check in enumerate(checks)]
        code.append((RETURN, 0, 0, value))
    return code if not decision[-1][0] else code + leaf(default, default)


def condition_code(each):
    """Goes on behind itself when the condition holds; both halves of the argument are compared."""
    index, mask, expected, equal = each
    halves = []
    for offset, shift in ((4, 32), (0, 0)):  # the high half first
        half_mask, half = mask >> shift & 0xFFFFFFFF, expected >> shift & 0xFFFFFFFF
        halves.append([(LOAD, 0, 0, ARGUMENTS + 8 * index + offset)])
        if half_mask != 0xFFFFFFFF:
            halves[-1].append((AND, 0, 0, half_mask))
        halves[-1].append((EQUAL, 0, None, half) if equal else (EQUAL, 0, 0, half))
    if equal:
        return halves[0] + halves[1]
    # Not equal: another high half is enough; the low one decides otherwise.
    halves[0][-1] = (EQUAL, 0, len(halves[1]), halves[0][-1][3])
    halves[1][-1] = (EQUAL, None, 0, halves[1][-1][3])
    return halves[0] + halves[1]
