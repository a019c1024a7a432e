"""Capabilities, seccomp, no_new_privs, masked paths, privileged containers."""
import json
import os

from suite.checks import check, expect


def status(engine, field, *flags):
    return engine.output(*flags, "--", "grep", f"^{field}:", "/proc/self/status").split()[1]


@check
def default_capabilities(engine):
    expect(int(status(engine, "CapEff"), 16), engine.capabilities, "effective capabilities")


@check
def cap_drop_all(engine):
    text = engine.output("--cap-drop", "ALL", "--", "grep", "-E", "^Cap(Prm|Eff|Bnd)", "/proc/self/status")
    expect([int(line.split()[1], 16) for line in text.splitlines()], [0, 0, 0], "permitted, effective, bounding")


@check
def cap_drop_one(engine):
    value = int(status(engine, "CapEff", "--cap-drop", "CHOWN"), 16)
    expect(value, engine.capabilities & ~1, "all but CAP_CHOWN")


@check
def cap_add_one(engine):
    value = int(status(engine, "CapEff", "--cap-add", "NET_ADMIN"), 16)
    expect(value, engine.capabilities | 1 << 12, "the default and CAP_NET_ADMIN")


@check
def cap_add_all_that_the_host_has(engine):
    value = int(status(engine, "CapEff", "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE"), 16)
    expect(value, engine.capabilities | 1 << 21 | 1 << 19, "the default and both")


@check
def no_new_privileges(engine):
    expect(status(engine, "NoNewPrivs", "--security-opt", "no-new-privileges"), "1", "NoNewPrivs")


@check
def seccomp_filter_by_default(engine):
    expect(status(engine, "Seccomp"), "2", "mode")


@check
def seccomp_unconfined(engine):
    expect(status(engine, "Seccomp", "--security-opt", "seccomp=unconfined"), "0", "mode")


@check
def seccomp_profile_of_the_user(engine):
    path = os.path.join(engine.shared_directory("seccomp"), "profile.json")
    with open(path, "w", encoding="ascii") as file:
        json.dump({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]}, file)
    result = engine.run("--security-opt", f"seccomp={path}", "--", "mkdir", "/tmp/x", check=False)
    assert result.code == 1 and "not supported" in result.errors, str(result)


@check
def proc_paths_are_masked(engine):
    text = engine.output("--", "sh", "-c", "wc -c < /proc/keys; echo x 2>&1 > /proc/sysrq-trigger; :")
    assert text.startswith("0"), f"/proc/keys can be read: {text}"
    result = engine.run("--", "sh", "-c", "echo 1 > /proc/sys/kernel/panic", check=False)
    assert result.code != 0, "/proc/sys can be written"


@check
def privileged_unmasks_proc(engine):
    result = engine.run("--privileged", "--", "grep", "-E", " /proc/(keys|sysrq-trigger) ", "/proc/mounts", check=False)
    expect((result.code, result.output), (1, ""), "exit code and masking mounts")


@check
def privileged_sees_the_devices_of_the_host(engine):
    expect(engine.output("--privileged", "--", "sh", "-c", "test -c /dev/kmsg && echo there"), "there", "/dev/kmsg")
