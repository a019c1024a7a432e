"""A seccomp profile as engines put it into config.json: hundreds of names, and few rules with arguments."""
import json
import os
import re

# Debian's golang-github-containers-common: Podman's default, in the form of Docker's.
PACKAGED = "/usr/share/containers/seccomp.json"
HEADERS = ("/usr/include/x86_64-linux-gnu/asm/", "/usr/include/asm/")
ARCHITECTURES = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
NAMESPACES_OF_CLONE = 0x7E020000
# What Docker's default profile refuses, and (clone, personality) what it allows for some arguments only.
REFUSED = set("""
    acct add_key bpf clock_adjtime clock_settime clone3 create_module delete_module finit_module fsconfig fsmount
    fsopen fspick get_kernel_syms get_mempolicy init_module ioperm iopl kcmp kexec_file_load kexec_load keyctl
    lookup_dcookie mbind mount mount_setattr move_mount move_pages name_to_handle_at nfsservctl open_by_handle_at
    open_tree perf_event_open pivot_root process_vm_readv process_vm_writev ptrace query_module quotactl reboot
    request_key set_mempolicy setdomainname sethostname setns settimeofday stime swapoff swapon syslog umount
    umount2 unshare uselib userfaultfd ustat vhangup clone personality""".split())


def profile(capabilities):
    """linux.seccomp for a container with these capabilities, how many names it has, and where it is from."""
    if os.path.exists(PACKAGED):
        with open(PACKAGED, encoding="utf-8") as file:
            found, source = resolve(json.load(file), set(capabilities)), PACKAGED
    else:
        found, source = own(), "our own list"
    return {"seccomp": found, "names": sum(len(rule["names"]) for rule in found["syscalls"]), "source": source}


def resolve(template, capabilities):
    """As engines do it: keeps the rules that hold for this architecture and these capabilities."""
    def holds(rule):
        includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
        return (set(includes.get("caps", [])) <= capabilities
                and ("arches" not in includes or "amd64" in includes["arches"])
                and not set(excludes.get("caps", [])) & capabilities
                and "amd64" not in excludes.get("arches", []))

    kept = ("names", "action", "errnoRet", "args")
    rules = [{key: rule[key] for key in kept if rule.get(key)} for rule in template["syscalls"] if holds(rule)]
    return {"defaultAction": template["defaultAction"], "defaultErrnoRet": template.get("defaultErrnoRet", 1),
            "architectures": ARCHITECTURES, "syscalls": rules}


def own():
    """All calls that the headers of this machine have, but for the refused ones."""
    allow = "SCMP_ACT_ALLOW"
    rules = [{"names": sorted(set(numbers("64")) - REFUSED), "action": allow},
             {"names": ["clone"], "action": allow,
              "args": [{"index": 0, "value": NAMESPACES_OF_CLONE, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]}]
    rules += [{"names": ["personality"], "action": allow,
               "args": [{"index": 0, "value": value, "valueTwo": 0, "op": "SCMP_CMP_EQ"}]}
              for value in (0, 8, 0x20000, 0x20008, 0xFFFFFFFF)]
    return {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": ARCHITECTURES, "syscalls": rules}


def numbers(abi):
    """Name -> number of each system call of an ABI: "64", "32" (i386) or "x32"."""
    for directory in HEADERS:
        path = f"{directory}unistd_{abi}.h"
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:
                found = re.findall(r"#define __NR_(\w+) (?:\(__X32_SYSCALL_BIT \+ )?(\d+)", file.read())
            return {name: int(number) for name, number in found}
    raise SystemExit(f"bench: no asm/unistd_{abi}.h: linux-libc-dev is missing")
