"""User namespaces as podman makes them."""
from suite.checks import Skip, check, expect

MAPS = ["--uidmap", "0:1000:500", "--gidmap", "0:1000:500"]


def uid_map(engine, *flags):
    return [line.split() for line in engine.output(*flags, "--", "cat", "/proc/self/uid_map").splitlines()]


@check
def userns_keep_id(engine):
    if not engine.rootless:
        raise Skip("podman as root has no keep-id")
    expect(engine.output("--userns=keep-id", "--", "id", "-u"), str(engine.UID), "uid inside")
    container = engine.sleeper("--userns=keep-id")
    expect(engine.exec_output(container, "--", "id", "-u"), str(engine.UID), "uid of exec")


@check
def userns_with_an_explicit_map(engine):
    found = uid_map(engine, *MAPS)
    expect([(first, length) for first, _, length in found], [("0", "500")], "map")


@check
def userns_exec_pause_and_top(engine):
    container = engine.sleeper(*MAPS)
    expect(engine.exec_output(container, "--", "id", "-u"), "0", "uid of exec")
    assert "sleep" in engine.call("top", container).output, "no sleep"
