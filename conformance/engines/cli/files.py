"""Volumes and how they propagate, tmpfs, the root file system, devices."""
import os
import subprocess

from suite.checks import Skip, check, expect, expect_in
from suite.commands import wait_until


@check
def volume_is_read_and_written(engine):
    path = engine.shared_directory("volume")
    text = engine.output("-v", f"{path}:/data", "--", "sh", "-c",
                         "cat /data/from-host; echo inside > /data/from-container")
    expect(text, "host", "file of the host")
    with open(os.path.join(path, "from-container"), encoding="ascii") as file:
        expect(file.read(), "inside\n", "file of the container")


@check
def volume_ro_refuses_writes(engine):
    path = engine.shared_directory("volume-ro")
    result = engine.run("-v", f"{path}:/data:ro", "--", "touch", "/data/new", check=False)
    assert result.code != 0 and "Read-only" in result.errors, str(result)
    expect(os.listdir(path), ["from-host"], "files")


@check
def volume_of_one_file(engine):
    path = engine.shared_directory("volume-file")
    expect(engine.output("-v", f"{path}/from-host:/etc/one:ro", "--", "cat", "/etc/one"), "host", "file")


@check
def named_volume_keeps_its_files(engine):
    engine.run("-v", "kept:/data", "--", "sh", "-c", "echo kept > /data/file")
    expect(engine.output("-v", "kept:/data", "--", "cat", "/data/file"), "kept", "file")
    engine.call("volume", "rm", "kept")


@check
def volumes_from_another_container(engine):
    path = engine.shared_directory("volumes-from")
    first = engine.sleeper("-v", f"{path}:/data")
    expect(engine.output("--volumes-from", first, "--", "cat", "/data/from-host"), "host", "file")


def propagation(engine, mode):
    """The optional fields of mountinfo for a volume."""
    path = engine.shared_directory("propagation")
    text = engine.output("-v", f"{path}:/data:{mode}", "--", "grep", " /data ", "/proc/self/mountinfo")
    return text.partition(" - ")[0].split()[6:]


@check
def volume_is_private_by_default(engine):
    expect(propagation(engine, "rw"), [], "fields")


@check
def volume_rslave(engine):
    fields = propagation(engine, "rslave")
    assert [field for field in fields if field.startswith("master:")] and not [
        field for field in fields if field.startswith("shared:")], f"fields: {fields}"


@check
def volume_rshared(engine):
    fields = propagation(engine, "rshared")
    assert [field for field in fields if field.startswith("shared:")], f"fields: {fields}"


@check
def mount_of_the_host_reaches_an_rslave_volume(engine):
    path = engine.shared_directory("slave")
    container = engine.sleeper("-v", f"{path}:/data:rslave")
    below = os.path.join(path, "below")
    os.makedirs(below, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "late", below], check=True)
    try:
        with open(os.path.join(below, "late"), "w", encoding="ascii") as file:
            file.write("late\n")
        pid = engine.init_pid(container)
        assert wait_until(lambda: os.path.exists(f"/proc/{pid}/root/data/below/late")), "not seen inside"
    finally:
        subprocess.run(["umount", "-l", below], check=True)


@check
def read_only_root(engine):
    result = engine.run("--read-only", "--", "touch", "/new", check=False)
    assert result.code != 0 and "Read-only" in result.errors, str(result)


@check
def tmpfs_flag(engine):
    text = engine.output("--read-only", "--tmpfs", "/scratch:size=1m", "--", "sh", "-c",
                         "touch /scratch/x && grep ' /scratch ' /proc/mounts")
    assert text.startswith("tmpfs /scratch tmpfs") and "size=1024k" in text, text


@check
def tmpfs_keeps_the_mode_of_its_directory(engine):
    expect(engine.output("--tmpfs", "/root", "--", "stat", "-c", "%a", "/root"), "700", "mode of /root")


@check
def tmpfs_with_options(engine):
    text = engine.output("--tmpfs", "/run:rw,noexec,nosuid,size=65536k,mode=711", "--", "sh", "-c",
                         "stat -c %a /run; grep ' /run ' /proc/mounts")
    mode, mount = text.splitlines()
    expect(mode, "711", "mode")
    for option in ("noexec", "nosuid", "size=65536k"):
        expect_in(option, mount, "mount")


@check
def shm_size_flag(engine):
    expect_in("size=2048k", engine.output("--shm-size", "2m", "--", "grep", " /dev/shm ", "/proc/mounts"), "/dev/shm")


@check
def standard_devices_are_there(engine):
    text = engine.output("--", "sh", "-c", "cd /dev; stat -c '%n %F %a' null zero full random urandom tty")
    expect(text.splitlines(), [f"{name} character special file 666" for name in (
        "null", "zero", "full", "random", "urandom", "tty")], "devices")


@check
def device_flag(engine):
    if not os.path.exists("/dev/fuse"):
        raise Skip("no /dev/fuse")
    text = engine.output("--device", "/dev/fuse:/dev/fuzz:r", "--", "sh", "-c",
                         "(: < /dev/fuzz) && echo read; (: >> /dev/fuzz) 2> /dev/null || echo refused")
    expect(text.split(), ["read", "refused"] if engine.device_rules else ["read"], "read and write")


@check
def foreign_devices_are_refused(engine):
    result = engine.run("--", "sh", "-c", "mknod /disk b 7 0 && cat /disk", check=False)
    assert "Operation not permitted" in result.errors, str(result)
