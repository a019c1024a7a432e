"""Hooks, and what becomes of a container when one fails (config.md, "POSIX-platform Hooks"; runtime.md, "Lifecycle")."""
import json
import os

from suite.check import leaves_nothing, lifecycle, refused
from suite.edits import REMOVED
from suite.faults import ignores_config, makes_edits, says_success
from suite.verdict import Failed, holds, same

IN_CREATE = ("prestart", "createRuntime", "createContainer")
KINDS = IN_CREATE + ("startContainer", "poststart", "poststop")
IN_RUNTIME = ("prestart", "createRuntime", "poststart", "poststop")
# A runtime may look at these as late as in start.
LATE = {kind: "start" for kind in KINDS if kind not in IN_CREATE}
STATUS = {"startContainer": "created", "poststart": "running", "poststop": "stopped"}


def hook(kind, *words, **properties):
    """A hook of this kind, as a value of an edit: the probe, which appends its report to the file `log` of the bundle."""
    def value(bundle):
        inside = kind == "startContainer"
        log = "to:/log/log" if inside else f"to:{bundle.path('rootfs/log/log')}"
        return {"path": "/probe" if inside else bundle.probe, "args": ["probe", log, "stdin", f"kind:{kind}", *words], **properties}
    return value


def all_kinds(*words):
    return {f"/hooks/{kind}/-": hook(kind, *words) for kind in KINDS}


def make_log(bundle):
    bundle.make_directory("rootfs/log", 0o777)


def reports(container):
    return container.bundle.reports("rootfs/log/log")


def kinds(container):
    """The kinds of the hooks that have run, in their order."""
    return [word.partition(":")[2] for report in reports(container) for word in report["argv"] if word.startswith("kind:")]


def report_of(container, kind):
    for report in reports(container):
        if f"kind:{kind}" in report["argv"]:
            return report
    raise Failed(f"a {kind} hook has run", f"{kinds(container)} have run")


def live(container):
    """All of a container's life; returns the namespaces of its process."""
    namespaces = container.run_to_end()["namespaces"]
    container.delete().ok()
    return namespaces


for kind in KINDS:
    @lifecycle(f"HK-STDIN-1 RT-ST-{5 if kind not in IN_RUNTIME else 3}", f"{kind} hooks have the container's state on stdin",
               prepare=make_log, config={f"/hooks/{kind}/-": hook(kind)}, fault=ignores_config)
    def _(container, kind=kind):
        live(container)
        text = report_of(container, kind)["stdin"]
        try:
            state = json.loads(text)
        except ValueError as error:
            raise Failed("the state as JSON on stdin", repr(text)) from error
        same(state.get("id"), container.id, "id")
        same(state.get("bundle"), container.bundle.path(), "bundle")
        same(state.get("status"), STATUS.get(kind, "creating"), "status")
        holds(isinstance(state.get("ociVersion"), str), "ociVersion: a text", repr(state.get("ociVersion")))
        if kind not in IN_RUNTIME:
            same(state.get("pid"), 1, "pid, as the container's namespace has it")

    @lifecycle("HK-ORDER-1", f"{kind} hooks run in their order", prepare=make_log, fault=makes_edits(
        {f"/hooks/{kind}": lambda bundle, kind=kind: [hook(kind, word)(bundle) for word in ("c", "a", "b")]}),
               config={f"/hooks/{kind}": lambda bundle, kind=kind: [hook(kind, word)(bundle) for word in ("a", "b", "c")]})
    def _(container):
        live(container)
        same([report["argv"][-1] for report in reports(container)], ["a", "b", "c"], "the hooks in their order")

    @lifecycle("HK-ARGS-1 HK-ENV-1", f"{kind} hooks have their args and env, and nothing of the runtime's environment", prepare=make_log,
               config={f"/hooks/{kind}/-": hook(kind, "an argument", "", env=["A=1", "EMPTY="])},
               fault=makes_edits({f"/hooks/{kind}": lambda bundle, kind=kind: [hook(kind, "an argument", env=["A=2"])(bundle)]}))
    def _(container, kind=kind):
        live(container)
        report = report_of(container, kind)
        same((report["argv"][0], report["argv"][-2:]), ("probe", ["an argument", ""]), "args[0] and the last two")
        same(sorted(report["env"]), ["A=1", "EMPTY="], "env")

    for value, what in ((REMOVED, "without path"), ("probe", "with a relative path"), ("", "with an empty path")):
        refused("HK-PATH-1 VV-1", f"a {kind} hook {what}", prepare=make_log, given={f"/hooks/{kind}/-": hook(kind)},
                config={f"/hooks/{kind}/0/path": value}, valid={}, at=LATE.get(kind, "create"))
    for value in (0, -1):
        refused("HK-TMO-1 VV-1", f"a {kind} hook with a timeout of {value}", prepare=make_log, at=LATE.get(kind, "create"),
                given={f"/hooks/{kind}/-": hook(kind)}, config={f"/hooks/{kind}/0/timeout": value}, valid={f"/hooks/{kind}/0/timeout": 5})


@lifecycle("HK-TMO-1", "a hook is aborted after its timeout, which is a failure of it", prepare=make_log,
           config={"/hooks/createRuntime/-": hook("createRuntime", "wait", timeout=1)}, fault=says_success("create"))
def _(container):
    container.create().fails()


@lifecycle("HK-PRE-1 HK-CR-1 HK-CC-1 HK-SC-1 HK-PS-1 HK-POST-1", "each kind of hook runs in its operation, in the order of the lifecycle",
           prepare=make_log, config=all_kinds(), fault=ignores_config)
def _(container):
    container.create().ok()
    same(kinds(container), list(IN_CREATE), "hooks that create has run")
    container.hold().start().ok()
    same(kinds(container), list(KINDS[:5]), "hooks that create and start have run")
    container.report()
    container.wait().delete().ok()
    same(kinds(container), list(KINDS), "hooks that create, start and delete have run")


for id, kind in zip(("HK-PRE-1", "HK-CR-1", "HK-PS-1", "HK-POST-1"), IN_RUNTIME):
    @lifecycle(id, f"{kind} hooks run in the runtime's namespaces", prepare=make_log, config={f"/hooks/{kind}/-": hook(kind)},
               fault=makes_edits({f"/hooks/{kind}": [], "/hooks/createContainer/-": hook("createContainer", f"kind:{kind}")}))
    def _(container, kind=kind):
        live(container)
        same(report_of(container, kind)["namespaces"], own_namespaces(), "namespaces")

for id, kind in (("HK-CC-1", "createContainer"), ("HK-SC-1", "startContainer")):
    @lifecycle(id, f"{kind} hooks run in the container's namespaces", prepare=make_log, config={f"/hooks/{kind}/-": hook(kind)},
               fault=makes_edits({f"/hooks/{kind}": [], "/hooks/createRuntime/-": hook("createRuntime", f"kind:{kind}")}))
    def _(container, kind=kind):
        expected = live(container)
        same(report_of(container, kind)["namespaces"], expected, "namespaces")


def own_namespaces():
    return {name: os.stat(f"/proc/self/ns/{name}").st_ino for name in ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")}


@lifecycle("HK-CC-1", "createContainer hooks are found in the runtime's file system, before the root is changed", prepare=make_log,
           config={"/hooks/createContainer/-": lambda bundle: hook("createContainer", f"path:{bundle.path('config.json')}")(bundle)},
           fault=ignores_config)
def _(container):
    live(container)
    report = report_of(container, "createContainer")
    same(report["path"][container.bundle.path("config.json")].get("type"), "file", "config.json in the hook's file system")


@lifecycle("HK-SC-1", "startContainer hooks are found in the container, and run before the program", prepare=make_log,
           config={"/hooks/startContainer/-": hook("startContainer", "path:/etc/hosts")}, asks=["path:/log/log"], fault=ignores_config)
def _(container):
    report = container.run()
    same(report["path"]["/log/log"].get("type"), "file", "what the hook has left, seen by the program")
    same(report_of(container, "startContainer")["path"]["/etc/hosts"].get("size"), 20, "size of the container's /etc/hosts")


# ---- a hook that fails ----

FAILING = {"/hooks/poststop/-": hook("poststop")}
for id, kind in zip(("RT-LC-3", "RT-LC-4", "RT-LC-5"), IN_CREATE):
    @lifecycle(id, f"a {kind} hook that fails makes create fail: no container is left, and poststop hooks have run", prepare=make_log,
               given=FAILING, config={f"/hooks/{kind}/-": hook(kind, "exit:7")}, fault=ignores_config)
    def _(container):
        container.create().fails()
        leaves_nothing(container)
        report_of(container, "poststop")

    @lifecycle(id, f"after a {kind} hook that fails the hooks that follow do not run", prepare=make_log, fault=ignores_config,
               config={f"/hooks/{kind}": lambda bundle, kind=kind: [hook(kind, "exit:7")(bundle), hook(kind)(bundle)]})
    def _(container, kind=kind):
        container.create().fails()
        same(kinds(container), [kind], "hooks that have run")

for id, kind in (("RT-LC-6", "startContainer"), ("RT-LC-8", "poststart")):
    @lifecycle(id, f"a {kind} hook that fails makes start fail and stops the container", prepare=make_log, asks=["wait"],
               config={f"/hooks/{kind}/-": hook(kind, "exit:7")}, fault=ignores_config)
    def _(container):
        container.create().ok()
        container.hold().start().fails()
        container.wait()

    @lifecycle(id, f"after a {kind} hook that fails the container is destroyed, and poststop hooks have run", prepare=make_log, given=FAILING,
               asks=["wait"], config={f"/hooks/{kind}/-": hook(kind, "exit:7")}, fault=ignores_config)
    def _(container):
        container.create().ok()
        container.start().fails()
        leaves_nothing(container)
        report_of(container, "poststop")


@lifecycle("RT-LC-6", "after a startContainer hook that fails the program does not run", prepare=make_log,
           config={"/hooks/startContainer/-": hook("startContainer", "exit:7")}, fault=ignores_config)
def _(container):
    container.create().ok()
    container.hold().start().fails()
    container.wait()
    holds(container.ended_in_silence(), "no report of the program", "a report")


@lifecycle("RT-LC-10 RT-WARN-1", "a poststop hook that fails is a warning alone: delete succeeds, and the hooks that follow run",
           prepare=make_log, config={"/hooks/poststop": lambda bundle: [hook("poststop", "exit:7")(bundle), hook("poststop", "b")(bundle)]},
           fault=makes_edits({"/hooks/poststop": lambda bundle: [hook("poststop", "exit:7")(bundle)]}))
def _(container):
    live(container)
    same(kinds(container), ["poststop", "poststop"], "hooks that have run")
    leaves_nothing(container)
