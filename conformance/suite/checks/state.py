"""The state document (runtime.md, "State" and "Query State")."""
from suite.check import lifecycle
from suite.faults import does_nothing, refuses, says_success, state_with
from suite.verdict import holds, same


def document(container):
    return container.state().ok().document


@lifecycle("RT-ST-1", "ociVersion is a version of the specification", fault=state_with(ociVersion=None))
def _(container):
    container.create().ok()
    version = document(container).get("ociVersion")
    parts = version.split("-")[0].split("+")[0].split(".") if isinstance(version, str) else []
    holds(len(parts) == 3 and all(part.isdigit() for part in parts) and parts[0] == "1", "ociVersion: 1.x.y", repr(version))


@lifecycle("RT-ST-2", "id is the container's", fault=state_with(id="other"))
def _(container):
    container.create().ok()
    same(document(container).get("id"), container.id, "id")


@lifecycle("RT-ST-3", "status is created after create", fault=state_with(status="running"))
def _(container):
    container.create().ok()
    same(container.status(), "created", "status")


@lifecycle("RT-ST-3", "status is running while the program runs", asks=["wait"], fault=state_with(status="created"))
def _(container):
    container.run()
    same(container.status(), "running", "status")


@lifecycle("RT-ST-3", "status is stopped after the program has ended", fault=state_with(status="running"))
def _(container):
    container.run_to_end()
    same(container.status(), "stopped", "status")


@lifecycle("RT-ST-4", "pid is the process's, in the runtime's pid namespace, while created and while running", asks=["wait"],
           fault=state_with(pid=1))
def _(container):
    container.create().ok()
    created = container.pid()
    with open(f"/proc/{created}/cgroup", encoding="ascii") as cgroups:
        holds(container.id in cgroups.read(), "pid: the process in the container's cgroup", f"another process: {created}")
    container.start().ok()
    container.report()
    same(container.pid(), created, "pid when running")
    with open(f"/proc/{created}/cmdline", encoding="ascii") as words:
        same(words.read(), "/probe\0wait\0", "command line of the pid")


@lifecycle("RT-ST-6", "bundle is the bundle's absolute path", fault=state_with(bundle="bundle"))
def _(container):
    container.create().ok()
    same(document(container).get("bundle"), container.bundle.path(), "bundle")


@lifecycle("RT-ST-7", "annotations are those of the configuration", config={"/annotations": {"org.example.a": "1", "b": ""}},
           fault=state_with(annotations={}))
def _(container):
    container.create().ok()
    same(document(container).get("annotations"), {"org.example.a": "1", "b": ""}, "annotations")


@lifecycle("RT-ST-7", "without annotations in the configuration there is none", fault=state_with(annotations={"a": "b"}))
def _(container):
    container.create().ok()
    holds(not document(container).get("annotations"), "annotations: absent or empty", repr(document(container).get("annotations")))


@lifecycle("RT-ST-8 RT-ST-9", "every property of the specification has its type", fault=state_with(pid="1"))
def _(container):
    container.create().ok()
    types = {"ociVersion": str, "id": str, "status": str, "pid": int, "bundle": str, "annotations": dict}
    for name, value in document(container).items():
        holds(isinstance(value, types.get(name, object)), f"{name}: {types.get(name, object).__name__}", repr(value))


@lifecycle("RT-ST-9", "the document has all that its schema requires, after stop too", fault=state_with(bundle=None))
def _(container):
    container.run_to_end()
    lacking = {"ociVersion", "id", "status", "bundle"} - set(document(container))
    holds(not lacking, "ociVersion, id, status, bundle", f"without {', '.join(sorted(lacking))}")


@lifecycle("RT-STATE-1", "state without an id is an error", fault=says_success("state"))
def _(container):
    container.plain("state").fails()


@lifecycle("RT-STATE-2", "state of an unknown container is an error", fault=says_success("state"))
def _(container):
    container.state().fails()


@lifecycle("RT-STATE-3", "state returns the document, on stdout", fault=does_nothing("state"))
def _(container):
    container.create().ok()
    holds(isinstance(document(container), dict), "a JSON object", repr(document(container)))


@lifecycle("RT-OP-1 RT-SCOPE-1", "state, create, start, kill and delete are there", asks=["wait"], fault=refuses("kill"))
def _(container):
    container.create().ok()
    container.hold().state().ok()
    container.start().ok()
    container.kill("KILL").ok()
    container.wait().delete().ok()
