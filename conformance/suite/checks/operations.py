"""Create, start, kill and delete (runtime.md, "Operations")."""
import os

from suite.check import berth_deviates, leaves_nothing, lifecycle, refused, untestable
from suite.edits import REMOVED
from suite.faults import also_does, does_nothing, ignores_config, makes_edits, says_success, sends, takes_instead
from suite.verdict import Failed, holds, same

untestable("RT-CREATE-6", "it is a permission")

# ---- create ----


@lifecycle("RT-CREATE-1", "create without an id is an error", fault=says_success("create"))
def _(container):
    container.bundle.write()
    container.plain("create", "--bundle", container.bundle.path()).fails()


@lifecycle("RT-CREATE-1", "create without a bundle's path is an error: there is none in the current directory",
           fault=says_success("create"))
def _(container):
    container.plain("create", container.id).fails()


@lifecycle("RT-CREATE-2", "create with the id of a container is an error, which leaves that container as it was",
           asks=["wait"], fault=says_success("create"))
def _(container):
    container.run()
    container.plain("create", "--bundle", container.another().bundle.write().path(), container.id).fails()
    same(container.status(), "running", "status of the container that has the id")


@lifecycle("RT-CREATE-2", "create with an id that cannot be one is an error", fault=says_success("create"))
def _(container):
    container.bundle.write()
    container.plain("create", "--bundle", container.bundle.path(), "").fails()


@lifecycle("RT-CREATE-3", "create makes a container", fault=does_nothing("create"))
def _(container):
    container.create().ok()
    same(container.status(), "created", "status")


@lifecycle("RT-CREATE-4 RT-LC-1", "create applies the configuration and does not run the program",
           config={"/hostname": "made-by-create"}, fault=also_does("create", ("start",)))
def _(container):
    container.create().ok()
    holds(container.silent(), "no report of the program before start", "a report")
    same(container.status(), "created", "status")


@lifecycle("RT-CREATE-4 RT-LC-1", "the environment is there after create: the container's own namespaces", fault=ignores_config,
           config={"/linux/namespaces/-": {"type": "network"}})
def _(container):
    container.create().ok()
    pid = container.pid()
    holds(os.stat(f"/proc/{pid}/ns/net").st_ino != os.stat("/proc/self/ns/net").st_ino, "a network namespace of its own",
          "that of the runtime")


@lifecycle("RT-LC-2", "a change of config.json after create has no effect on the container",
           fault=also_does("start", ("delete",)))
def _(container):
    container.create().ok()
    container.hold()
    container.bundle.write({"/process/cwd": "/tmp", "/process/user/uid": 5})
    container.start().ok()
    report = container.report()
    same((report["cwd"], report["uids"][0]), ("/", 0), "cwd and uid")
    container.wait()
    same(container.status(), "stopped", "status")


refused("RT-CREATE-5 RT-ERR-1", "a property that cannot be applied is an error, and there is no container",
        config={"/linux/namespaces/-": {"type": "network", "path": "/proc/self/ns/none"}},
        valid={"/linux/namespaces/-": {"type": "network"}})
refused("RT-CREATE-5 RT-ERR-1", "a mount that cannot be made is an error, and there is no container",
        config={"/mounts/-": {"destination": "/tmp", "type": "no-such-file-system", "source": "x"}},
        valid={"/mounts/-": {"destination": "/tmp", "type": "tmpfs", "source": "x"}})

# ---- start ----


@lifecycle("RT-START-1", "start without an id is an error", fault=says_success("start"))
def _(container):
    container.plain("start").fails()


@lifecycle("RT-START-2", "start of an unknown container is an error", fault=says_success("start"))
def _(container):
    container.start().fails()


@lifecycle("RT-START-2", "start of a running container is an error and has no effect", asks=["wait"], fault=says_success("start"))
def _(container):
    container.run()
    container.start().fails()
    same(container.status(), "running", "status")


@lifecycle("RT-START-2", "start of a stopped container is an error and has no effect", fault=says_success("start"))
def _(container):
    container.run_to_end()
    container.start().fails()
    same(container.status(), "stopped", "status")


@lifecycle("RT-START-3 RT-LC-7", "start runs the program", fault=does_nothing("start"))
def _(container):
    same(container.run_to_end()["argv"], ["/probe"], "argv")


@lifecycle("RT-START-4 PR-REQ-1", "without process there is an error at start at the latest", config={"/process": REMOVED},
           fault=takes_instead({}))
def _(container):
    if container.create().code == 0:
        container.start().fails()


@lifecycle("RT-START-4", "create without process is legal", config={"/process": REMOVED}, fault=says_success("start"))
def _(container):
    container.create().ok()
    container.start().fails()

# ---- kill ----


@lifecycle("RT-KILL-1", "kill without an id is an error", fault=says_success("kill"))
def _(container):
    container.plain("kill").fails()


@lifecycle("RT-KILL-2", "kill of an unknown container is an error", fault=says_success("kill"))
def _(container):
    container.kill("TERM").fails()


@lifecycle("RT-KILL-2", "kill of a stopped container is an error and has no effect", fault=says_success("kill"))
def _(container):
    container.run_to_end()
    container.kill("TERM").fails()
    same(container.status(), "stopped", "status")


for name, number in (("TERM", 15), ("HUP", 1), ("USR1", 10)):
    @lifecycle("RT-KILL-3", f"kill sends {name} to the container's process", asks=["wait"], fault=sends("INT"))
    def _(container, name=name, number=number):
        container.run()
        container.kill(name).ok()
        same(container.signal(), number, "the signal that the process received")


@lifecycle("RT-KILL-3", "kill takes a signal's number", asks=["wait"], fault=sends("INT"))
def _(container):
    container.run()
    container.kill("12").ok()
    same(container.signal(), 12, "the signal that the process received")


@lifecycle("RT-KILL-3", "kill with KILL ends the container's process", asks=["wait"], fault=sends("WINCH"))
def _(container):
    container.run()
    container.kill("KILL").ok()
    container.wait()
    same(container.status(), "stopped", "status")


@lifecycle("RT-KILL-3", "kill of a created container ends its process", fault=does_nothing("kill"))
def _(container):
    container.create().ok()
    container.hold().kill("KILL").ok()
    container.wait()
    same(container.status(), "stopped", "status")

# ---- delete ----


@lifecycle("RT-DEL-1", "delete without an id is an error", fault=says_success("delete"))
def _(container):
    container.plain("delete").fails()


@lifecycle("RT-DEL-2", "delete of an unknown container is an error", fault=says_success("delete"))
def _(container):
    container.delete().fails()


@lifecycle("RT-DEL-2", "delete of a running container is an error and has no effect", asks=["wait"], fault=says_success("delete"))
def _(container):
    container.run()
    container.delete().fails()
    same(container.status(), "running", "status")


@lifecycle("RT-DEL-2", "delete of a created container is an error and has no effect", fault=says_success("delete"))
def _(container):
    container.create().ok()
    container.delete().fails()
    same(container.status(), "created", "status")


@lifecycle("RT-DEL-3 RT-LC-9", "delete removes what create made: the container and its cgroups", fault=does_nothing("delete"))
def _(container):
    container.run_to_end()
    holds(container.cgroups(), "a cgroup while the container is there", "none")
    container.delete().ok()
    leaves_nothing(container)


def removes_root(bundle):
    return [{"path": "/bin/rm", "args": ["rm", "-r", bundle.path("rootfs")]}]


@lifecycle("RT-DEL-4", "delete leaves what create did not make: a cgroup beside the container's, the bundle, its files",
           fault=makes_edits({"/hooks/poststop": removes_root}))
def _(container):
    container.bundle.file("rootfs/kept", "text")
    container.run_to_end()
    before = container.bundle.read("config.json")
    container.delete().ok()
    same(container.bundle.read("rootfs/kept"), "text", "a file of the root file system")
    same(container.bundle.read("config.json"), before, "config.json")


@lifecycle("RT-DEL-5", "an id can be used again after delete", fault=does_nothing("delete"))
def _(container):
    container.run_to_end()
    container.delete().ok()
    container.create_again().ok()
    same(container.status(), "created", "status")


@lifecycle("RT-ERR-1", "a failed start leaves the container as it was or stopped, never running", given={"/process/args/0": "/none"},
           fault=makes_edits({"/process/args/0": "/probe", "/process/args/-": "wait"}))
def _(container):
    if container.create().code != 0:
        return
    container.hold()
    container.start().fails()
    if container.state().code == 0 and container.status() not in ("created", "stopped"):
        raise Failed("status: created or stopped", container.status())

berth_deviates("RT-DEL-2", "delete of a created container is an error and has no effect")
