"""process: terminal, directory, environment, program, privileges, scheduling (config.md, "Process")."""
import os

from suite.bundle import CAPABILITIES
from suite.check import check, lifecycle, refused, untestable
from suite.edits import REMOVED
from suite.expectation import has, in_any_order, lacks, with_members
from suite.faults import ignores_config, refuses, spoils, takes_instead
from suite.runtime import SECRET
from suite.verdict import same

CPU = "/process/scheduler"

check("PR-REQ-1 PR-ARGS-1", "args are the program and its arguments, as they are",
      config={"/process/args": ["/probe", "a b", "", "$PATH", "*"]}, expect={"argv": ["/probe", "a b", "", "$PATH", "*"]})
check("PR-ARGS-1", "a program without a slash is looked for in the PATH of env",
      config={"/process/args/0": "tool"}, given={"/process/env": ["PATH=/none:/tools"]},
      prepare=lambda bundle: bundle.copy_probe("rootfs/tools/tool"), expect={"argv": ["tool"]})
refused("PR-ARGS-1 VV-1", "args without an entry", config={"/process/args": []}, valid={"/process/args": ["/probe"]}, at="start")
refused("PR-ARGS-1 VV-1", "process without args", config={"/process/args": REMOVED}, valid={"/process/args": ["/probe"]}, at="start")
refused("PR-ARGS-1", "a program that is not there", config={"/process/args": ["/none"]}, valid={}, at="start")
refused("PR-ARGS-1", "a program that may not be executed", config={"/process/args": ["/etc/hosts"]}, valid={}, at="start")

check("PR-CWD-1", "cwd is the program's directory", config={"/process/cwd": "/tmp"}, expect={"cwd": "/tmp"})
for value, what in ((REMOVED, "process without cwd"), ("tmp", "a relative cwd"), ("", "an empty cwd")):
    refused("PR-CWD-1 VV-1", what, config={"/process/cwd": value}, valid={"/process/cwd": "/tmp"})
check("PR-ENV-1", "env is the program's environment", config={"/process/env": ["B=2", "A=1=1", "EMPTY=", "PATH=/"]},
      expect={"env": has("B=2", "A=1=1", "EMPTY=", "PATH=/")})
check("PR-ENV-1", "nothing of the runtime's environment is the program's", expect={"env": lacks(SECRET)},
      fault={"/process/env/-": SECRET})

check("PR-NNP-1", "noNewPrivileges sets the bit", config={"/process/noNewPrivileges": True}, expect={"no_new_privileges": True})
check("PR-NNP-1", "without noNewPrivileges the bit is not set", expect={"no_new_privileges": False},
      fault={"/process/noNewPrivileges": True})
check("PR-OOM-1", "oomScoreAdj is the program's", config={"/process/oomScoreAdj": 321}, expect={"oom_score_adj": 321})
check("PR-OOM-2", "without oomScoreAdj the value is the caller's", expect=lambda *_: {"oom_score_adj": own_oom_score()},
      fault={"/process/oomScoreAdj": 123})
refused("PR-OOM-1 VV-1", "an oomScoreAdj above 1000", config={"/process/oomScoreAdj": 1001}, valid={"/process/oomScoreAdj": 1000})


def own_oom_score():
    with open("/proc/self/oom_score_adj", encoding="ascii") as score:
        return int(score.read())


# ---- capabilities ----

SETS = ("bounding", "effective", "permitted", "inheritable", "ambient")
FEW = ["CAP_CHOWN", "CAP_KILL"]
for name in SETS:
    check("PR-CAP-1", f"the {name} set is as configured, and no more is in it",
          config={"/process/capabilities": {each: FEW for each in SETS}},
          expect={f"capabilities.{name}": in_any_order(*FEW)})
check("PR-CAP-1", "each set is its own: of a user that is not root, execve(2) gives the ambient ones",
      config={"/process/capabilities": {"bounding": CAPABILITIES[:4], "inheritable": CAPABILITIES[:3], "permitted": CAPABILITIES[:3],
                                        "ambient": CAPABILITIES[:2], "effective": CAPABILITIES[:2]}},
      given={"/process/user": {"uid": 1000, "gid": 1000}},
      expect={"capabilities.bounding": in_any_order(*CAPABILITIES[:4]), "capabilities.inheritable": in_any_order(*CAPABILITIES[:3]),
              "capabilities.permitted": in_any_order(*CAPABILITIES[:2]), "capabilities.ambient": in_any_order(*CAPABILITIES[:2]),
              "capabilities.effective": in_any_order(*CAPABILITIES[:2])})
check("PR-CAP-1", "a set that is not listed is empty", config={"/process/capabilities": {"bounding": FEW}},
      expect={"capabilities.bounding": in_any_order(*FEW), "capabilities.inheritable": [], "capabilities.ambient": []})
check("PR-CAP-1", "a user that is not root has the ambient capabilities",
      config={"/process/capabilities": {each: FEW for each in SETS}}, given={"/process/user": {"uid": 1000, "gid": 1000}},
      expect={"capabilities.ambient": in_any_order(*FEW), "capabilities.effective": in_any_order(*FEW)})
check("PR-CAP-2 PR-CAP-1", "a capability that the kernel does not know is no error, and the others are set",
      config={"/process/capabilities": {"bounding": ["CAP_CHOWN", "CAP_NONE"], "permitted": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"]}},
      expect={"capabilities.bounding": ["CAP_CHOWN"]})

# ---- resource limits ----

for name, value in (("AS", 1 << 40), ("CORE", 7), ("CPU", 99), ("DATA", 1 << 40), ("FSIZE", 1 << 30), ("LOCKS", 11), ("MEMLOCK", 65536),
                    ("MSGQUEUE", 819200), ("NICE", 0), ("NOFILE", 123), ("NPROC", 4000), ("RSS", 1 << 30), ("RTPRIO", 0),
                    ("RTTIME", 5000), ("SIGPENDING", 200), ("STACK", 1 << 22)):
    check("PR-RL-1 PR-RL-2", f"RLIMIT_{name} is the program's, soft and hard",
          config={"/process/rlimits": [{"type": f"RLIMIT_{name}", "soft": max(value - 1, 0), "hard": value}]},
          expect={f"rlimits.RLIMIT_{name}": {"soft": max(value - 1, 0), "hard": value}},
          fault={"/process/rlimits": [{"type": f"RLIMIT_{name}", "soft": 0, "hard": 1}]} if value == 0 else None)
refused("PR-RL-1 VV-1", "an unknown type of limit", config={"/process/rlimits": [{"type": "RLIMIT_NONE", "soft": 1, "hard": 1}]},
        valid={"/process/rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}]})
refused("PR-RL-3 VV-1", "one type of limit twice",
        config={"/process/rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}, {"type": "RLIMIT_CORE", "soft": 2, "hard": 2}]},
        valid={"/process/rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}]})
refused("PR-RL-2 VV-1", "a soft limit above the hard one", config={"/process/rlimits": [{"type": "RLIMIT_CORE", "soft": 2, "hard": 1}]},
        valid={"/process/rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}]})
for name in ("soft", "hard", "type"):
    limit = {"type": "RLIMIT_CORE", "soft": 1, "hard": 1}
    refused("PR-RL-2 VV-1", f"a limit without {name}", config={"/process/rlimits": [{k: v for k, v in limit.items() if k != name}]},
            valid={"/process/rlimits": [limit]})

# ---- scheduling ----

POLICIES = {"SCHED_OTHER": 0, "SCHED_FIFO": 1, "SCHED_RR": 2, "SCHED_BATCH": 3, "SCHED_IDLE": 5}
for name in ("SCHED_BATCH", "SCHED_IDLE"):
    check("PR-SCH-1", f"{name} is the program's scheduling policy", since="1.1.0", config={CPU: {"policy": name}},
          expect={"scheduler.policy": POLICIES[name]})
for name in ("SCHED_FIFO", "SCHED_RR"):
    check("PR-SCH-1 PR-SCH-2", f"{name} with a priority", needs="realtime", since="1.1.0",
          config={CPU: {"policy": name, "priority": 7}},
          expect={"scheduler.policy": POLICIES[name], "scheduler.priority": 7})
check("PR-SCH-2", "nice", since="1.1.0", config={CPU: {"policy": "SCHED_OTHER", "nice": 4}},
      expect={"scheduler.policy": 0, "scheduler.nice": 4})
check("PR-SCH-2", "the flag SCHED_FLAG_RESET_ON_FORK", since="1.1.0",
      config={CPU: {"policy": "SCHED_BATCH", "flags": ["SCHED_FLAG_RESET_ON_FORK"]}},
      expect={"scheduler.policy": 3, "scheduler.flags": 1})
for value, what in (({"policy": "SCHED_NONE"}, "an unknown scheduling policy"), ({"nice": 1}, "a scheduler without policy"),
                    ({"policy": "SCHED_BATCH", "flags": ["SCHED_FLAG_NONE"]}, "an unknown flag of the scheduler")):
    refused("PR-SCH-1 PR-SCH-2 VV-1", what, since="1.1.0", config={CPU: value}, valid={CPU: {"policy": "SCHED_BATCH"}})
for number, name in enumerate(("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"), 1):
    check("PR-IO-1", f"{name} with a priority", since="1.1.0",
          config={"/process/ioPriority": {"class": name, "priority": 0 if number == 3 else 5}},
          expect={"io_priority.class": number, "io_priority.priority": 0 if number == 3 else 5})
for value, what in (({"class": "IOPRIO_CLASS_NONE", "priority": 1}, "an unknown class"),
                    ({"class": "IOPRIO_CLASS_BE", "priority": 8}, "a priority of 8"), ({"priority": 1}, "a priority without class")):
    refused("PR-IO-1 VV-1", f"ioPriority: {what}", since="1.1.0", config={"/process/ioPriority": value},
            valid={"/process/ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 1}})

check("PR-SCH-1 PR-SCH-2", "SCHED_DEADLINE with runtime, deadline and period", needs="realtime", since="1.1.0",
      config={CPU: {"policy": "SCHED_DEADLINE", "runtime": 10000000, "deadline": 30000000, "period": 40000000}},
      expect={"scheduler.policy": 6, "scheduler.runtime": 10000000, "scheduler.deadline": 30000000, "scheduler.period": 40000000})
check("PR-AFF-1", "execCPUAffinity is not for the container's first process", needs=["cgroup:cpuset", "cpus:2"], since="1.2.1",
      given={"/process/execCPUAffinity": {"initial": "0", "final": "0"}}, expect=lambda *_: {"cpus": sorted(os.sched_getaffinity(0))},
      fault={"/linux/resources/cpu/cpus": "0"})
refused("PR-AFF-1 VV-1", "execCPUAffinity: no list of CPUs", since="1.2.1", config={"/process/execCPUAffinity": {"initial": "zero"}},
        valid={"/process/execCPUAffinity": {"initial": "0"}})
untestable("PR-AFF-2", "it is about another process in the container, and no operation of the specification starts one")

# ---- terminal ----

check("PR-TTY-1", "without terminal the standard streams are none", expect={"terminals": [False, False, False]},
      fault={"/process/terminal": True})


@lifecycle("PR-TTY-1", "terminal: the three standard streams are one terminal, which is that of the process's session",
           config={"/process/terminal": True}, asks=["open:/dev/tty"], fault=ignores_config)
def _(container):
    report = run_with_terminal(container)
    same(report["terminals"], [True, True, True], "terminals")
    same(report["open"]["/dev/tty"], "ok", "open of /dev/tty, the terminal of the session")


@lifecycle("PR-TTY-2", "consoleSize is the terminal's size", config={"/process/consoleSize": {"height": 33, "width": 97}},
           given={"/process/terminal": True}, fault=ignores_config)
def _(container):
    same(run_with_terminal(container).get("window"), {"height": 33, "width": 97}, "window")


def run_with_terminal(container):
    container.create_with_terminal().ok()
    container.hold().start().ok()
    return container.report()


check("PR-TTY-2", "consoleSize without terminal is ignored", config={"/process/consoleSize": {"height": 33, "width": 97}},
      expect={"terminals": [False, False, False]}, fault=refuses("create"))
for name in ("height", "width"):
    @lifecycle("PR-TTY-2 VV-1", f"consoleSize without {name}", given={"/process/terminal": True},
               config={"/process/consoleSize": {"height": 33, "width": 97}, f"/process/consoleSize/{name}": REMOVED},
               fault=takes_instead({"/process/consoleSize": {"height": 33, "width": 97}}))
    def _(container):
        container.create_with_terminal().fails()

# ---- descriptors and the links in /dev ----

check("RL-FD-1", "only the three standard streams are open", expect={"descriptors": with_members("0", "1", "2")},
      fault={"/process/args/-": "leak"})
untestable("RL-FD-2", "the specification does not say how a caller passes more descriptors")
for name, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")):
    check("RL-DEV-1", f"/dev/{name} is a link to {target}", asks=[f"path:/dev/{name}"],
          expect={f"path[/dev/{name}].target": target}, fault=spoils("remove", f"/dev/{name}"))
