#!/usr/bin/env python3
"""The house rules that a compiler does not check: includes, forbidden names and calls, lengths, places,
names of tests.

    house.py        checks this tree; prints its numbers and each finding; the exit code is 1 if there is one

docs/hacking.md gives the reason for each rule. A rule is a row in one of the tables below.
"""
import json
import os
import re
import subprocess
import sys

from compliance import test_cases

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PRODUCT = ["spec", "hooks", "runtime"]
MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60

DOCUMENTS = ["spec", "spec/json", "spec/config", "spec/documents"]
LINUX = [f"runtime/linux/{sub}" for sub in (
    "base", "files", "streams", "process", "namespaces", "cgroup", "security")]
PLAN = ["runtime/plan/steps", "runtime/plan"]

# Room -> the rooms whose headers it may include besides its own: exactly those that it includes, where
# LINUX counts as one. A room includes only rooms above it in this table, so includes never form a circle.
# docs/architecture.md, "The rooms", has the same rows.
MAY_INCLUDE = {
    "spec": [],
    "spec/json": ["spec"],
    "spec/config": ["spec", "spec/json"],
    "spec/documents": ["spec/json", "spec/config"],
    "spec/schema": ["spec", "spec/json", "spec/config"],
    "runtime/libc": [],
    "runtime/linux/base": ["spec"],
    "runtime/linux/files": ["spec", "runtime/linux/base"],
    "runtime/linux/streams": ["runtime/linux/base", "runtime/linux/files"],
    "runtime/linux/process": ["runtime/linux/base", "runtime/linux/files", "runtime/linux/streams"],
    "runtime/linux/namespaces": ["runtime/linux/base", "runtime/linux/files", "runtime/linux/process"],
    "runtime/linux/cgroup": ["spec", "runtime/linux/base", "runtime/linux/files"],
    "runtime/linux/security": ["runtime/linux/base", "runtime/linux/files"],
    "hooks": ["spec", "spec/config", *LINUX],
    "runtime/host": ["spec", "spec/config", *LINUX],
    "runtime/plan/steps": [],
    "runtime/plan": ["runtime/plan/steps", "spec", "spec/json", "spec/config", *LINUX, "runtime/host"],
    "runtime/systemd": ["runtime/plan"],
    "runtime/compile": [*DOCUMENTS, *LINUX, "runtime/host", *PLAN],
    "runtime/init/base": [*PLAN],
    "runtime/init/mounts": ["runtime/init/base"],
    "runtime/init/files": ["runtime/init/base"],
    "runtime/init/namespaces": ["runtime/init/base"],
    "runtime/init/process": ["runtime/init/base"],
    "runtime/init/program": ["runtime/init/base", "runtime/init/process"],
    "runtime/init": [f"runtime/init/{sub}" for sub in (
        "base", "mounts", "files", "namespaces", "process", "program")],
    "runtime/store": ["spec", "spec/json", "spec/config", *LINUX, *PLAN],
    "runtime/cgroup": ["spec", "spec/json", "spec/documents", *LINUX, *PLAN, "runtime/systemd", "runtime/store"],
    "runtime/seccomp": ["spec", "spec/json", "spec/documents", *LINUX, *PLAN],
    "runtime/launch": ["spec", "spec/json", "spec/config", "spec/documents", *LINUX, *PLAN, "runtime/cgroup",
                       "runtime/seccomp", "hooks"],
    "runtime/container": [*DOCUMENTS, *LINUX, "runtime/host", *PLAN, "runtime/compile", "runtime/cgroup", "runtime/store",
                          "runtime/launch", "hooks"],
    "runtime/container/verbs": [*DOCUMENTS, "spec/schema", *LINUX, "runtime/host", *PLAN,
                          "runtime/compile", "runtime/cgroup", "runtime/seccomp", "runtime/store", "runtime/launch", "hooks", "runtime/container"],
    "runtime/exec": [*DOCUMENTS, *LINUX, "runtime/host", *PLAN, "runtime/compile", "runtime/cgroup",
                     "runtime/seccomp", "runtime/store", "runtime/launch", "runtime/container"],
    "runtime/cli": ["spec", "spec/json", "spec/documents", "spec/schema", "runtime/compile", "runtime/container", "runtime/container/verbs", "runtime/exec"],
    "runtime": ["spec", "runtime/cli"],  # main.cpp
}
INIT = [room for room in MAY_INCLUDE if room.startswith("runtime/init")]
# The only headers of a room that another room may include.
ONLY_HEADERS = {(room, "runtime/plan"): r"runtime/plan/talk\.h" for room in INIT}

KERNEL = ["runtime/libc", "runtime/systemd"] + LINUX + INIT
CALLS = ("open|openat|openat2|close|read|write|pread|pwrite|mount|umount2|setns|unshare|fork|vfork|execve|"
         "kill|waitpid|ioctl|socket|bind|connect|mkdir|mkdirat|unlink|unlinkat|rename|renameat|syscall")
# Files that may catch an error, because they add to it or undo something.
CATCHERS = ["runtime/main.cpp", "runtime/systemd/main.cpp", "runtime/cli/log.cpp", "runtime/cgroup/rdt.cpp", "runtime/cgroup/change.cpp", "runtime/linux/process/open_in_child.cpp", "runtime/linux/namespaces/empty_namespace.cpp",
            "runtime/seccomp/agent.cpp", "hooks/hooks.cpp", "runtime/exec/exec.cpp"] + [
    f"runtime/container/{name}.cpp" for name in ("context", "home", "ledger", "pid_file", "pidfd_socket", "removal", "trace_file",
                                               "verbs/delete", "verbs/list", "verbs/start", "verbs/update")] + [
    f"runtime/launch/{name}.cpp" for name in ("host_steps", "launch", "net_devices")]
BUT_INIT = [room for room in MAY_INCLUDE if room not in INIT]
# A forbidden pattern, the reason, and the rooms or files where it is allowed.
BANNED = [
    (r"\berrno\b", "errno is read in runtime/linux, and in what berth does not link or its C library needs, only", KERNEL),
    (rf"(?<![\w.>:])::({CALLS})\(", "a raw system call outside runtime/linux, runtime/init, runtime/libc and runtime/systemd", KERNEL),
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
    texts = {file: open(os.path.join(ROOT, file), encoding="utf-8").read().splitlines() for file in files}
    all_tags = tags(files, "+fpv")
    findings = list(check_table())
    for file, lines in texts.items():
        if len(lines) > MAX_FILE_LINES:
            findings.append(f"{file}: {len(lines)} lines, at most {MAX_FILE_LINES}")
        for number, line in enumerate(lines, 1):
            findings += [f"{file}:{number}: {what}" for what in check_line(file, line)]
    findings += check_definitions(all_tags)
    findings += check_test_names()
    found, elsewhere = places(all_tags)
    findings += elsewhere
    for finding in findings:
        print(finding)
    print_numbers(texts, lengths(all_tags))
    print(f"{percent(found, found + len(elsewhere))} of {found + len(elsewhere)} functions are where their header says; "
          f"{len(findings)} findings")
    return 1 if findings else 0


def print_numbers(texts, functions):
    files = {file: len(lines) for file, lines in texts.items()}
    folders = {}
    for file in files:
        folder = os.path.dirname(file)
        folders[folder] = folders.get(folder, 0) + files[file]
    code = sum(bool(line.split("//")[0].strip()) for lines in texts.values() for line in lines)
    print(f"{len(files)} files, {sum(files.values())} lines, {code} of them code in {', '.join(PRODUCT)}")
    for what, sizes in [("file", files), ("folder", folders), ("function", functions)]:
        longest = max(sizes, key=sizes.get)
        print(f"{what}: median {middle(sizes.values())} lines, longest {sizes[longest]} ({longest})")


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


def check_table():
    rooms = list(MAY_INCLUDE)
    for room, others in MAY_INCLUDE.items():
        for other in others:
            if rooms.index(other) > rooms.index(room):
                yield f"{room} may include {other}, which stands below it"


def lengths(all_tags):
    return {place(tag): tag["end"] - tag["line"] + 1
            for tag in all_tags if tag["kind"] == "function" and "end" in tag}


def place(tag):
    return f"{tag['path']}:{tag['line']}: '{tag['name']}'"


def check_definitions(all_tags):
    """Long functions and mutable globals."""
    for where, length in lengths(all_tags).items():
        if length > MAX_FUNCTION_LINES:
            yield f"{where} has {length} lines, at most {MAX_FUNCTION_LINES}"
    for tag in all_tags:
        if tag["kind"] == "variable" and tag.get("scopeKind") in (None, "namespace"):
            if not re.search(r"\bconst(expr)?\b", tag.get("pattern", "")):
                yield f"{place(tag)} is a mutable global"


def check_test_names():
    """ctest would take two tests of one name for one test, and Catch2 ignores case. A test is run by its
    name: ctest cuts it at a semicolon and runs, green, what no test has for a name; Catch2 takes a dash
    at its start for a flag."""
    homes = {}
    for test, _ in test_cases():
        if ";" in test.name or test.name.startswith("-"):
            yield f"tests/{test.suite}/{test.file}: no test can be run by the name '{test.name}'"
        homes.setdefault(test.name.lower(), []).append(test)
    for first, *others in homes.values():
        for other in others:
            yield (f"tests/{other.suite}/{other.file}: a test has the name of another one, "
                   f"in tests/{first.suite}/{first.file}: '{other.name}'")


def places(all_tags):
    """How many functions of X.h are defined in X.cpp or X.h itself, and a finding for each other one."""
    definitions, found, elsewhere = {}, 0, []
    for tag in all_tags:
        if tag["kind"] == "function":
            definitions.setdefault(identity(tag), set()).add(tag["path"])
    for tag in all_tags:
        if tag["kind"] == "prototype" and tag["path"].endswith(".h"):
            stem = tag["path"].removesuffix(".h")
            homes = definitions.get(identity(tag), set())
            if homes & {f"{stem}.cpp", f"{stem}.h"}:
                found += 1
            elif homes:  # there is none if it is '= default' or '= delete'
                elsewhere.append(f"{place(tag)} is defined in {', '.join(sorted(homes))}")
    return found, elsewhere


def identity(tag):
    """Scope, name and number of parameters: what a declaration and its definition share to the letter."""
    parameters = tag.get("signature", "()").rpartition(")")[0][1:]
    while re.search(r"<[^<>]*>", parameters):
        parameters = re.sub(r"<[^<>]*>", "", parameters)
    return tag.get("scope"), tag["name"], parameters.count(",") if parameters.strip() else -1


def percent(part, whole):
    return f"{part / whole:.1%}" if whole else "100%"


def tags(files, kinds):
    command = ["ctags", "-L-", "--output-format=json", "--fields=+neKSsZ", f"--c++-kinds={kinds}",
               "-DTEST_CASE(...)=void test()", "-DTEST_CASE_METHOD(...)=void test()", "-f-"]
    output = subprocess.run(command, input="\n".join(files), capture_output=True, text=True, check=True, cwd=ROOT)
    return [json.loads(line) for line in output.stdout.splitlines()]


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2]


if __name__ == "__main__":
    sys.exit(main())
