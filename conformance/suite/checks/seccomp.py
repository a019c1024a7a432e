"""linux.seccomp (config-linux.md, "Seccomp").

The filters are about a call that neither a runtime nor the probe makes, and of which only the first argument has a
meaning: the registers of the other ones can have any value.
"""
import os

from suite.agent import ERROR, SOCKET, Agent
from suite.check import check, lifecycle, refused
from suite.expectation import ABSENT, compare, has, matches, one_of
from suite.faults import ignores_config, makes_edits
from suite.syscalls import numbers
from suite.verdict import Declined, holds, same

SECCOMP = "/linux/seccomp"
NAME = "sched_get_priority_max"
CALL = str(numbers()[NAME])
NATIVE = {"x86_64": "X86_64", "aarch64": "AARCH64", "riscv64": "RISCV64", "ppc64le": "PPC64LE",
          "s390x": "S390X"}[os.uname().machine]
SIGSYS = 31


def rule(action="ERRNO", **more):
    return {"names": [NAME], "action": f"SCMP_ACT_{action}", **more}


def filters(*rules, default="ALLOW", **more):
    """A configuration with this filter."""
    return {SECCOMP: {"defaultAction": f"SCMP_ACT_{default}", "syscalls": list(rules), **more}}


def with_filter(ids, title, config, question="syscall", since="", fault=None, **errors):
    """errors: what follows the call's number, with _ for each comma -> the call's error. Without them, of the call alone."""
    results = {CALL + arguments.replace("_", ","): error for arguments, error in errors.items()}
    check(ids, title, config=config, since=since, asks=[f"{question}:{call}" for call in results], fault=fault,
          expect={"seccomp_mode": 2, **{f"{question}[{call}]": error for call, error in results.items()}})


ALLOWED = {"names": sorted(set(numbers()) - {NAME}), "action": "SCMP_ACT_ALLOW"}
with_filter("SC-1", "defaultAction is for all calls that no rule names", filters(ALLOWED, default="ERRNO"), **{"": "EPERM"})
with_filter("SC-1", "a rule is for the calls that it names", filters(rule()), **{"": "EPERM"})
refused("SC-1 VV-1", "seccomp without defaultAction", config={SECCOMP: {"syscalls": [rule()]}}, valid=filters(rule()))
refused("SC-1 VV-1", "an unknown defaultAction", config=filters(rule(), default="NONE"), valid=filters(rule()))

# ---- errors ----

EINVAL, ENOSYS = 22, 38
OTHER = "sched_get_priority_min"  # so that this filter is like no other one


def with_error(number):
    return filters({**rule(errnoRet=number), "names": [OTHER]})


@lifecycle("SC-2", "errnoRet is the error of the call, in a second container with another one, too", since="1.1.0",
           config=with_error(ENOSYS), fault=ignores_config)
def _(container):
    for number, name in ((ENOSYS, "ENOSYS"), (EINVAL, "EINVAL")):
        one = container.another(config=with_error(number), asks=[f"syscall:{numbers()[OTHER]}"])
        compare(one.run_to_end(), {f"syscall[{numbers()[OTHER]}]": name})
        one.delete().ok()


with_filter("SC-2", "without errnoRet the error is EPERM", filters(rule()), fault=filters(rule(errnoRet=ENOSYS)), **{"": "EPERM"})
with_filter("SC-2", "defaultErrnoRet is the error of defaultAction", filters(ALLOWED, default="ERRNO", defaultErrnoRet=ENOSYS),
            since="1.1.0", **{"": "ENOSYS"})
with_filter("SC-2", "without defaultErrnoRet the error is EPERM, whatever errnoRet another rule has",
            filters({**ALLOWED, "names": ALLOWED["names"][1:]},
                    {"names": ALLOWED["names"][:1], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
                    default="ERRNO"), since="1.1.0", **{"": "EPERM"})
for name in ("ALLOW", "LOG", "KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP"):
    refused("SC-2", f"errnoRet with SCMP_ACT_{name}, which returns no error", since="1.1.0",
            config=filters(rule(name, errnoRet=ENOSYS)),
            valid=filters(rule(name)))
for name in ("ALLOW", "LOG"):
    refused("SC-2", f"defaultErrnoRet with SCMP_ACT_{name}, which returns no error", since="1.1.0",
            config=filters(rule(), default=name, defaultErrnoRet=ENOSYS), valid=filters(rule(), default=name))

# ---- actions, flags, architectures ----

for name, since, result in (("KILL", "", SIGSYS), ("KILL_PROCESS", "1.1.0", SIGSYS), ("KILL_THREAD", "1.1.0", SIGSYS),
                            ("TRAP", "", SIGSYS), ("ERRNO", "", "EPERM"), ("TRACE", "", "ENOSYS"), ("ALLOW", "", "ok"),
                            ("LOG", "1.0.2", "ok")):
    what = {SIGSYS: "ends the program", "ok": "lets the call pass"}.get(result, f"makes the call fail with {result}")
    with_filter("SC-3", f"SCMP_ACT_{name} {what}", filters(rule(name)), "child", since, **{"": result})
for name, since in (("TSYNC", "1.0.2"), ("LOG", "1.0.2"), ("SPEC_ALLOW", "1.0.2")):
    with_filter("SC-3", f"SECCOMP_FILTER_FLAG_{name} is accepted", filters(rule(), flags=[f"SECCOMP_FILTER_FLAG_{name}"]),
                since=since,
                **{"": "EPERM"})
ARCHITECTURES = {
    "": "X86 X86_64 X32 ARM AARCH64 MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 PPC64LE S390 S390X "
        "PARISC PARISC64",
    "1.1.0": "RISCV64", "1.2.1": "LOONGARCH64 M68K SH SHEB"}


def architecture(name, since):
    """A filter cannot be for machines of both byte orders, and a library may be older than a name: these are errors."""
    @lifecycle("SC-3", f"SCMP_ARCH_{name} is accepted, or an error", since=since, fault=ignores_config, asks=[f"syscall:{CALL}"],
               config=filters(rule(), architectures=[f"SCMP_ARCH_{each}" for each in dict.fromkeys((NATIVE, name))]))
    def _(container):
        result = container.create()
        if result.code != 0:
            raise Declined(str(result))
        container.hold()
        container.start().ok()
        compare(container.report(), {"seccomp_mode": 2, f"syscall[{CALL}]": "EPERM"})
        container.wait()


for since, names in ARCHITECTURES.items():
    for name in names.split():
        architecture(name, since)
for more, what in (({"flags": ["SECCOMP_FILTER_FLAG_NONE"]}, "flag"), ({"architectures": ["SCMP_ARCH_NONE"]}, "architecture")):
    refused("SC-3 VV-1", f"an unknown {what} of a filter", config=filters(rule(), **more), valid=filters(rule()))

# ---- conditions ----


def condition(op="EQ", value=8, index=1, **more):
    return {"index": index, "value": value, "op": f"SCMP_CMP_{op}", **more}


for op, fits, other in (("NE", 9, 8), ("LT", 7, 8), ("LE", 8, 9), ("EQ", 8, 9), ("GE", 8, 7), ("GT", 9, 8)):
    with_filter("SC-3", f"SCMP_CMP_{op} compares an argument", filters(rule(args=[condition(op)])),
                **{f"_0_{fits}": "EPERM", f"_0_{other}": "ok"})
with_filter("SC-3", "SCMP_CMP_MASKED_EQ compares with valueTwo under the mask value",
            filters(rule(args=[condition("MASKED_EQ", 0xf0, valueTwo=0x20)])), **{"_0_0x2f": "EPERM", "_0_0x3f": "ok"})
for index in range(1, 6):
    with_filter("SC-3", f"a condition on the argument with index {index}", filters(rule(args=[condition(index=index)])),
                **{"_0" * index + "_8": "EPERM", "_0" * index + "_0_8": "ok"})
with_filter("SC-3", "all 64 bits of an argument are compared", filters(rule(args=[condition(value=1 << 32 | 8)])),
            fault=filters(rule(args=[condition()])), **{"_0_0x100000008": "EPERM", "_0_8": "ok"})
with_filter("SC-3", "of conditions on several arguments all have to hold", filters(rule(args=[condition(), condition(index=2)])),
            fault=filters(rule(args=[condition()])), **{"_0_8_8": "EPERM", "_0_8_0": "ok", "_0_0_8": "ok"})
with_filter("SC-3", "of several rules for a call one has to fit",
            filters(rule(args=[condition()]), rule(args=[condition(value=9)])),
            fault=filters(rule(args=[condition()])), **{"_0_8": "EPERM", "_0_9": "EPERM", "_0_0": "ok"})
for value, what in ((condition("NONE"), "an unknown operator"), (condition(index=6), "an index above 5"),
                    ({"value": 8, "op": "SCMP_CMP_EQ"}, "no index"), ({"index": 1, "op": "SCMP_CMP_EQ"}, "no value"),
                    ({"index": 1, "value": 8}, "no operator")):
    refused("SC-3 VV-1", f"a condition with {what}", config=filters(rule(args=[value])), valid=filters(rule(args=[condition()])))
for value, what in (({"names": []}, "with names of no entry"), ({"names": None}, "without names"),
                    ({"action": None}, "without action"), ({"action": "SCMP_ACT_NONE"}, "with an unknown action")):
    refused("SC-4 VV-1", f"a rule {what}", valid=filters(rule()),
            config=filters({name: each for name, each in {**rule(), **value}.items() if each is not None}))

# ---- the listener ----


def notifies(*flags, path=lambda bundle: bundle.path(SOCKET), **more):
    """Edits for a filter that asks an agent about the call."""
    return {SECCOMP: filters(rule("NOTIFY"), flags=list(flags))[SECCOMP], f"{SECCOMP}/listenerPath": path,
            **{f"{SECCOMP}/{name}": value for name, value in more.items()}}


def with_agent(ids, title, config, fault=ignores_config):
    """For a function that gets the container, which has been created and started, its report, and the agent."""
    def add(action):
        @lifecycle(ids, title, since="1.1.0", config=config, fault=fault, asks=[f"syscall:{CALL}"])
        def _(container):
            with Agent(container.bundle) as agent:
                report = container.run_to_end()
            holds(agent.connections, "a connection to listenerPath", "none")
            action(container, report, agent)
    return add


@with_agent("SC-5", "the agent at listenerPath receives the listener of the filter and answers the program's calls", notifies())
def _(_, report, agent):
    compare(report, {f"syscall[{CALL}]": ERROR})
    same(agent.document().get("fds"), ["seccompFd"], "fds of the state")


@with_agent("SC-5", "exactly one state comes by a connection, which is closed then", notifies())
def _(_, report, agent):
    compare(report, {f"syscall[{CALL}]": ERROR})
    same(len(agent.connections), 1, "number of connections")
    agent.document()


@lifecycle("SC-7", "the state is JSON with ociVersion, pid, metadata and the container's state", since="1.1.0",
           config=notifies(listenerMetadata="a=1,ü"), fault=makes_edits(notifies(listenerMetadata="other")),
           asks=[f"syscall:{CALL}"])
def _(container):
    with Agent(container.bundle) as agent:
        container.create().ok()
        pid = container.hold().pid()
        bundle = container.state().ok().document["bundle"]
        container.start().ok()
        container.wait()
    holds(agent.connections, "a connection to listenerPath", "none")
    compare(agent.document(), {"fds": has("seccompFd"), "metadata": "a=1,ü", "pid": pid, "ociVersion": matches(r"^1\.\d+\.\d+"),
                       "state.ociVersion": matches(r"^1\.\d+\.\d+"), "state.id": container.id, "state.bundle": bundle,
                       "state.pid": one_of(pid, ABSENT), "state.status": one_of("creating", "created", "running")})


@with_agent("SC-7", "the descriptors come with the first message alone", notifies())
def _(_, report, agent):
    compare(report, {f"syscall[{CALL}]": ERROR})
    same([number for _, number in agent.connections[0]][:1], [1], "descriptors with the first message")
    same([number for _, number in agent.connections[0][1:] if number], [], "descriptors with further messages")


@with_agent("SC-3", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is accepted with a listener",
            notifies("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))
def _(_, report, __):
    compare(report, {f"syscall[{CALL}]": ERROR})


refused("SC-5", "a listenerPath at which nothing listens", since="1.1.0", at="start", config=notifies(path="/none"),
        valid=filters(rule()))
with_filter("SC-5", "without SCMP_ACT_NOTIFY listenerPath is ignored", {**filters(rule()), f"{SECCOMP}/listenerPath": "/none"},
            since="1.1.0", fault=notifies(path="/none"), **{"": "EPERM"})
refused("SC-6 VV-1", "listenerMetadata without listenerPath", since="1.1.0",
        config={**filters(rule()), f"{SECCOMP}/listenerMetadata": "a"},
        valid=filters(rule()))
