"""The program that reports what a container's process has: how it is built, and its report taken apart."""
import glob
import json
import os
import re
import subprocess

from suite.capabilities import names_of

HERE = os.path.dirname(os.path.abspath(__file__))


def build(directory):
    """Compiles the probe; returns its path."""
    program = os.path.join(directory, "probe")
    sources = sorted(glob.glob(os.path.join(HERE, "probe", "*.c")))
    done = subprocess.run(["gcc", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, *sources],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"conformance: the probe cannot be compiled:\n{done.stderr}")
    os.chmod(program, 0o755)
    return program


def parsed(line):
    """A report with what /proc says taken apart; `proc` keeps its texts, an object with `error` for each unreadable one."""
    report = json.loads(line)
    proc = {name: text for name, text in report.get("proc", {}).items() if isinstance(text, str)}
    if "capabilities" in report:
        report["capabilities"] = {name: names_of(numbers) for name, numbers in report["capabilities"].items()}
    if "mountinfo" in proc:
        report["mount_list"] = [mount_of(line) for line in proc["mountinfo"].splitlines()]
        report["mounts"] = {mount["at"]: mount for mount in report["mount_list"]}  # of several, the last one
    if "status" in proc:
        fields = dict(line.split(":\t", 1) for line in proc["status"].splitlines())
        report["seccomp_mode"] = int(fields.get("Seccomp", "0"))
        report["cpus_allowed"] = fields["Cpus_allowed_list"].strip()
        report["memories_allowed"] = fields["Mems_allowed_list"].strip()
    if "oom_score_adj" in proc:
        report["oom_score_adj"] = int(proc["oom_score_adj"])
    if "cgroup" in proc:
        fields = [line.split(":", 2) for line in proc["cgroup"].splitlines()]
        report["cgroups"] = {name: path for _, names, path in fields for name in names.split(",")}
    for name in ("uid_map", "gid_map", "timens_offsets"):
        if name in proc:
            report[name] = [line.split() for line in proc[name].splitlines()]
    return report


def mount_of(line):
    """A line of mountinfo, which proc(5) describes."""
    fields, _, rest = line.partition(" - ")
    _, parent, _, root, at, options, *tags = fields.split(" ")
    kind, source, super_options = rest.split(" ")
    return {"at": unescaped(at), "root": unescaped(root), "parent": int(parent), "type": kind, "source": unescaped(source),
            "options": options.split(","), "super_options": super_options.split(","),
            "propagation": sorted({tag.partition(":")[0] for tag in tags}) or ["private"]}


def unescaped(text):
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
