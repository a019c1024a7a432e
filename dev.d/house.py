#!/usr/bin/env python3
"""The house rules that a compiler does not check: includes, forbidden names and calls, lengths.

    house.py        checks this tree; prints a line for each finding; the exit code is 1 if there is one

docs/hacking.md gives the reason for each rule. A rule is a row in one of the tables below.
"""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PRODUCT = ["spec", "hooks", "runtime"]
MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60

DOCUMENTS = ["spec", "spec/json", "spec/config", "spec/documents"]
LINUX = [f"runtime/linux/{sub}" for sub in (
    "base", "files", "streams", "process", "namespaces", "cgroup", "security")]

# Room -> the rooms whose headers it may include besides its own. Includes never run upwards.
MAY_INCLUDE = {
    "spec": [],
    "spec/json": ["spec"],
    "spec/config": ["spec", "spec/json"],
    "spec/documents": DOCUMENTS,
    "spec/schema": ["spec", "spec/json", "spec/config"],
    "runtime/libc": [],
    "hooks": ["spec", "spec/config", *LINUX],
    "runtime/linux/base": ["spec"],
    "runtime/linux/files": ["spec", "runtime/linux/base"],
    "runtime/linux/streams": ["runtime/linux/base", "runtime/linux/files"],
    "runtime/linux/process": ["runtime/linux/base", "runtime/linux/files", "runtime/linux/streams"],
    "runtime/linux/namespaces": ["runtime/linux/base", "runtime/linux/files", "runtime/linux/process"],
    "runtime/linux/cgroup": ["runtime/linux/base", "runtime/linux/files"],
    "runtime/linux/security": ["runtime/linux/base", "runtime/linux/files"],
    "runtime/host": ["spec", "spec/config", *LINUX],
    "runtime/plan": [*DOCUMENTS, *LINUX, "runtime/host"],
    "runtime/compile": [*DOCUMENTS, *LINUX, "runtime/host", "runtime/plan"],
    "runtime/init/base": ["runtime/plan"],
    "runtime/init/mounts": ["runtime/plan", "runtime/init/base"],
    "runtime/init/files": ["runtime/plan", "runtime/init/base"],
    "runtime/init/namespaces": ["runtime/plan", "runtime/init/base"],
    "runtime/init/process": ["runtime/plan", "runtime/init/base"],
    "runtime/init/program": ["runtime/plan", "runtime/init/base", "runtime/init/process"],
    "runtime/init": ["runtime/plan"] + [f"runtime/init/{sub}" for sub in (
        "base", "mounts", "files", "namespaces", "process", "program")],
    "runtime/store": [*DOCUMENTS, *LINUX, "runtime/plan"],
    "runtime/cgroup": ["spec", *LINUX, "runtime/host", "runtime/plan", "runtime/store"],
    "runtime/seccomp": [*DOCUMENTS, *LINUX, "runtime/plan"],
    "runtime/launch": [*DOCUMENTS, *LINUX, "runtime/host", "runtime/plan", "runtime/compile", "runtime/cgroup",
                       "runtime/seccomp", "runtime/store", "hooks"],
    "runtime/container": [*DOCUMENTS, "spec/schema", *LINUX, "runtime/host", "runtime/plan",
                          "runtime/compile", "runtime/cgroup", "runtime/seccomp", "runtime/store", "runtime/launch", "hooks"],
    "runtime/cli": [*DOCUMENTS, "spec/schema", "runtime/compile", "runtime/container"],
    "runtime": ["spec", "runtime/cli"],  # main.cpp
}
INIT = [room for room in MAY_INCLUDE if room.startswith("runtime/init")]
# The only headers of a room that another room may include.
ONLY_HEADERS = {(room, "runtime/plan"): r"runtime/plan/(steps\w*|talk)\.h" for room in INIT}

KERNEL = ["runtime/libc"] + LINUX + INIT
CALLS = ("open|openat|openat2|close|read|write|pread|pwrite|mount|umount2|setns|unshare|fork|vfork|execve|"
         "kill|waitpid|ioctl|socket|bind|connect|mkdir|mkdirat|unlink|unlinkat|rename|renameat|syscall")
# Files that may catch an error, because they add to it or undo something.
CATCHERS = ["runtime/main.cpp", "runtime/cli/log.cpp", "runtime/cgroup/rdt.cpp", "runtime/linux/process/open_in_child.cpp",
            "runtime/seccomp/agent.cpp", "hooks/hooks.cpp"] + [
    f"runtime/container/{name}.cpp" for name in ("bundle", "context", "delete", "ledger", "list", "removal", "start", "trace_file")] + [
    f"runtime/launch/{name}.cpp" for name in ("launch", "net_devices")]
BUT_INIT = [room for room in MAY_INCLUDE if room not in INIT]
# A forbidden pattern, the reason, and the rooms or files where it is allowed.
BANNED = [
    (r"\berrno\b", "errno is read in runtime/linux, runtime/init and runtime/libc only", KERNEL),
    (rf"(?<![\w.>:])::({CALLS})\(", "a raw system call outside runtime/linux, runtime/init and runtime/libc", KERNEL),
    (r"(?<!_)\bexit\(", "return from main instead, or _exit after clone", []),
    (r"\bcatch \(", "an error is caught in a few files only", CATCHERS),
    (r"rapidjson", "the JSON library outside of its rooms", ["spec/json", "spec/schema"]),
    (r"rapidjson/|valijson/", "a library in one of our headers", ["*.cpp"]),
    (r"std::(cout|cerr|clog|[io]f?stream|[io]?stringstream)\b", "iostreams", []),
    (r"<(iostream|fstream|sstream)>", "iostreams", []),
    (r"\b(malloc|calloc|realloc|strdup)\(|\bnew\b|std::(string|vector)\b", "init has no heap", BUT_INIT),
    (r'"/proc/(self|thread-self)/fd', "init names no descriptor by a path", BUT_INIT),
    (r"<(thread|mutex|future|condition_variable)>|std::thread", "threads", []),
    (r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", "unfinished: an issue instead", []),
]


def main():
    files = sorted(find(PRODUCT))
    findings, total = [], 0
    for file in files:
        lines = open(os.path.join(ROOT, file), encoding="utf-8").read().splitlines()
        total += len(lines)
        if len(lines) > MAX_FILE_LINES:
            findings.append(f"{file}: {len(lines)} lines, at most {MAX_FILE_LINES}")
        for number, line in enumerate(lines, 1):
            findings += [f"{file}:{number}: {what}" for what in check_line(file, line)]
    lengths, from_tags = check_definitions(files)
    findings += from_tags
    for finding in findings:
        print(finding)
    print(f"{len(files)} files, {total} lines in {', '.join(PRODUCT)}; {len(lengths)} functions, "
          f"median {middle(lengths)} lines, longest {max(lengths, default=0)}; {len(findings)} findings")
    return 1 if findings else 0


def find(tops):
    for top in tops:
        for directory, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                if name.endswith((".cpp", ".h")):
                    yield os.path.relpath(os.path.join(directory, name), ROOT)


def room_of(path):
    return next(room for room in sorted(MAY_INCLUDE, key=len, reverse=True) if path.startswith(room + "/"))


def check_line(file, line):
    room = room_of(file)
    code = line.split("//")[0]
    include = re.match(r'\s*#\s*include "([^"]+)"', code)
    if include:
        yield from check_include(room, include.group(1))
    for pattern, why, home in BANNED:
        # Marks of unfinished work stand in comments; the other patterns concern code.
        text = line if why.startswith("unfinished") else code
        allowed = room in home or file in home or ("*.cpp" in home and file.endswith(".cpp"))
        if not allowed and re.search(pattern, text):
            yield why


def check_include(room, header):
    if "/" not in header or not header.startswith(tuple(top + "/" for top in PRODUCT)):
        yield f"'{header}': headers are named from the root of the tree"
        return
    theirs = room_of(header)
    if theirs != room and theirs not in MAY_INCLUDE[room]:
        yield f"{room} must not include {theirs}"
    if not re.fullmatch(ONLY_HEADERS.get((room, theirs), ".*"), header):
        yield f"{room} may include of {theirs} only {ONLY_HEADERS[room, theirs]}"


def check_definitions(files):
    """Function lengths and mutable globals, as ctags sees them."""
    lengths, findings = [], []
    for tag in tags(files, "+fv"):
        where = f"{tag['path']}:{tag['line']}: '{tag['name']}'"
        if tag["kind"] == "function" and "end" in tag:
            lengths.append(tag["end"] - tag["line"] + 1)
            if lengths[-1] > MAX_FUNCTION_LINES:
                findings.append(f"{where} has {lengths[-1]} lines, at most {MAX_FUNCTION_LINES}")
        if tag["kind"] == "variable" and tag.get("scopeKind") in (None, "namespace"):
            if not re.search(r"\bconst(expr)?\b", tag.get("pattern", "")):
                findings.append(f"{where} is a mutable global")
    return lengths, findings


def tags(files, kinds):
    command = ["ctags", "-L-", "--output-format=json", "--fields=+neKSsZ", f"--c++-kinds={kinds}",
               "-DTEST_CASE(...)=void test()", "-DTEST_CASE_METHOD(...)=void test()", "-f-"]
    output = subprocess.run(command, input="\n".join(files), capture_output=True, text=True, check=True, cwd=ROOT)
    return [json.loads(line) for line in output.stdout.splitlines()]


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2] if numbers else 0


if __name__ == "__main__":
    sys.exit(main())
