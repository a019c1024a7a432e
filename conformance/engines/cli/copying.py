"""cp, into and out of containers."""
import os

from suite.checks import check, expect
from suite.image import IMAGE


@check
def cp_into_a_running_container(engine):
    path, container = engine.shared_directory("cp"), engine.sleeper()
    engine.call("cp", f"{path}/from-host", f"{container}:/data/copied")
    expect(engine.exec_output(container, "--", "cat", "/data/copied"), "host", "file")


@check
def cp_out_of_a_running_container(engine):
    path, container = engine.shared_directory("cp"), engine.sleeper()
    engine.exec(container, "--", "sh", "-c", "echo inside > /data/made")
    engine.call("cp", f"{container}:/data/made", f"{path}/made")
    with open(os.path.join(path, "made"), encoding="ascii") as file:
        expect(file.read(), "inside\n", "file")


@check
def cp_into_a_created_container(engine):
    path = engine.shared_directory("cp")
    container = engine.call("create", IMAGE, "cat", "/data/copied").output.strip()
    engine.call("cp", f"{path}/from-host", f"{container}:/data/copied")
    expect(engine.call("start", "-a", container).output, "host\n", "output")


@check
def cp_out_of_a_directory(engine):
    path, container = engine.shared_directory("cp"), engine.sleeper()
    engine.call("cp", f"{container}:/etc", f"{path}/etc")
    with open(os.path.join(path, "etc", "passwd"), encoding="ascii") as file:
        assert file.read().startswith("root:"), "passwd"
