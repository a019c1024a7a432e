"""Namespaces shared with the host and with other containers."""
import os

from suite.checks import check, expect, expect_in


def namespace(engine, name, *flags):
    return engine.output(*flags, "--", "readlink", f"/proc/self/ns/{name}")


def of_host(name):
    return os.readlink(f"/proc/self/ns/{name}")


def of_container(engine, container, name):
    return os.readlink(f"/proc/{engine.init_pid(container)}/ns/{name}")


@check
def pid_of_the_host(engine):
    expect(namespace(engine, "pid", "--pid", "host"), of_host("pid"), "pid namespace")


@check
def pid_of_a_container(engine):
    first = engine.sleeper()
    text = engine.output("--pid", f"container:{first}", "--", "ps")
    expect_in("sleep 1000", text, "processes")


@check
def exec_into_a_shared_pid_namespace(engine):
    first = engine.sleeper()
    second = engine.sleeper("--pid", f"container:{first}")
    text = engine.exec_output(second, "--", "readlink", "/proc/self/ns/pid")
    expect(text, of_container(engine, first, "pid"), "pid namespace")


@check
def ipc_of_the_host(engine):
    expect(namespace(engine, "ipc", "--ipc", "host"), of_host("ipc"), "ipc namespace")


@check
def ipc_of_a_container(engine):
    first = engine.sleeper("--ipc", "shareable")
    expect(namespace(engine, "ipc", "--ipc", f"container:{first}"), of_container(engine, first, "ipc"), "ipc namespace")


@check
def shm_of_a_container_is_shared(engine):
    first = engine.sleeper("--ipc", "shareable")
    engine.exec(first, "--", "sh", "-c", "echo seen > /dev/shm/x")
    expect(engine.output("--ipc", f"container:{first}", "--", "cat", "/dev/shm/x"), "seen", "file")


@check
def network_of_the_host(engine):
    expect(namespace(engine, "net", "--network", "host"), of_host("net"), "net namespace")


@check
def network_of_a_container(engine):
    first = engine.sleeper()
    expect(namespace(engine, "net", "--network", f"container:{first}"), of_container(engine, first, "net"), "net namespace")


@check
def uts_of_the_host(engine):
    expect(namespace(engine, "uts", "--uts", "host"), of_host("uts"), "uts namespace")


@check
def cgroup_namespace_of_the_host(engine):
    expect(namespace(engine, "cgroup", "--cgroupns", "host"), of_host("cgroup"), "cgroup namespace")


@check
def cgroup_namespace_of_its_own(engine):
    assert namespace(engine, "cgroup", "--cgroupns", "private") != of_host("cgroup"), "shared with the host"


@check
def cgroup_namespace_hides_the_way_up(engine):
    text = engine.output("--cgroupns", "private", "--", "cut", "-d:", "-f3", "/proc/self/cgroup")
    expect(set(text.split()), {"/"}, "own paths")
