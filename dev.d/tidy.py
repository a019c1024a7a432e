#!/usr/bin/env python3
"""Runs clang-tidy on every file of ours, one process for each core.

    tidy.py BUILD       BUILD contains the compile_commands.json of cmake

Most checks walk through all headers of a file, which costs more than the file itself. So they see
many files of a room as one: build/lint/batch/N.cpp includes each. The analyzer follows the paths through
each function, so it sees each file alone, and the tests not at all (tests/.clang-tidy gives the reason).

What was clean is skipped until a file of it, one of our headers that it includes, its command or a
.clang-tidy changes: build/lint/clean has an empty file for each, named by the hash of these. Some checks
look into the functions of a batch's other files, so batches are made of all files, not of those that
changed: a clean clone finds what an old checkout finds.
"""
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

import house

ROOT = house.ROOT
PLACE = os.path.join(ROOT, "build", "lint")
CLEAN, BATCHES = os.path.join(PLACE, "clean"), os.path.join(PLACE, "batch")
OURS = ("spec/", "hooks/", "runtime/", "tests/")
SKIP = re.compile(r"tests/\w+/main\.cpp$")  # Catch2's own main
CONFIGS = [".clang-tidy", "tests/.clang-tidy", "dev.d/tidy.py"]
# Options that only gcc knows.
FOREIGN = re.compile(r"-Wno-restrict|-fsanitize-undefined-trap-on-error|-D_FORTIFY_SOURCE=\d")
# What clang alone sees in the headers of musl and of RapidJSON.
OPTIONS = "-Wno-sign-compare -Wno-sign-conversion -Wno-ambiguous-reversed-operator"
# A name may hide one of another file of the batch. g++ has the same warning for each file.
BATCH_OPTIONS = "-Wno-shadow"
BATCH_SIZE = 16
# The default of 225,000 states per function takes five times as long and found no more.
ANALYZER_OPTIONS = "-Xclang -analyzer-config -Xclang max-nodes=40000"

# One process of clang-tidy: a function of this file, and the files that it looks at.
Job = collections.namedtuple("Job", "function files")


def main():
    entries = {entry["file"]: entry for entry in map(for_clang, load(sys.argv[1])) if entry}
    keys = {file: key(entry) for file, entry in entries.items()}
    jobs = [Job(check, files) for files in batches(sorted(entries), entries)]
    jobs += [Job(analyze, [file]) for file in sorted(entries) if not file.startswith("tests/")]
    marks = [mark(job, keys) for job in jobs]
    todo = [(job, path) for job, path in zip(jobs, marks) if not os.path.exists(path)]
    bad = perform(todo, entries)
    print(f"clang-tidy: {len(entries)} files in {len(jobs)} jobs, {len(jobs) - len(todo)} of them unchanged")
    print("".join(bad), end="")
    return 1 if bad else 0


def mark(job, keys):
    """The file that says that the job is clean."""
    content = job.function.__name__ + "".join(keys[file] for file in job.files)
    return os.path.join(CLEAN, hashlib.sha256(content.encode()).hexdigest())


def load(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as source:
        return json.load(source)


def for_clang(entry):
    file = os.path.relpath(entry["file"], ROOT)
    if not file.startswith(OURS) or not file.endswith(".cpp") or SKIP.search(file):
        return None
    command = re.sub(r"^\S*ccache ", "", entry["command"])
    command = re.sub(r" -o \S+ -c \S+$", "", FOREIGN.sub("", command))
    return {"directory": entry["directory"], "file": file, "command": f"{command} {OPTIONS}"}


def key(entry):
    """A hash of everything of ours that the result for this file depends on."""
    digest = hashlib.sha256(entry["command"].encode())
    for file in CONFIGS + sorted(included(entry["file"], set())):
        digest.update(read(file).encode())
    return digest.hexdigest()


def included(file, seen):
    """`file` and every header of ours that it includes, directly or indirectly."""
    seen.add(file)
    for header in re.findall(r'^#include "([^"]+)"', read(file), re.MULTILINE):
        if header not in seen and os.path.exists(os.path.join(ROOT, header)):
            included(header, seen)
    return seen


def read(file):
    with open(os.path.join(ROOT, file), encoding="utf-8") as source:
        return source.read()


def perform(todo, entries):
    """Returns the findings; a job without them gets its mark."""
    os.makedirs(CLEAN, exist_ok=True)
    os.makedirs(BATCHES, exist_ok=True)
    bad = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(job.function, job.files, entries): (job, path) for job, path in todo}
        for done, run in enumerate(concurrent.futures.as_completed(runs), 1):
            job, path = runs[run]
            if findings := run.result():
                bad.append(findings)
            else:
                open(path, "w", encoding="utf-8").close()
            print(f"[{done}/{len(runs)}] {job.function.__name__} {' '.join(job.files)}", flush=True)
    return bad


def batches(files, entries):
    """Files of one room with one command and without a common name of their own."""
    names = {file: set() for file in files}
    for tag in house.tags(files, "dfvgstcN"):
        if tag.get("scopeKind") in (None, "namespace") and tag["name"] != "test":
            names[tag["path"]].add(tag["name"])
    made = []
    for file in files:
        kind = (room(file), entries[file]["command"])
        for batch in made:
            if batch["kind"] == kind and len(batch["files"]) < BATCH_SIZE and not batch["names"] & names[file]:
                batch["files"].append(file)
                batch["names"] |= names[file]
                break
        else:
            made.append({"kind": kind, "files": [file], "names": set(names[file])})
    return [batch["files"] for batch in made]


def room(file):
    return file.split("/")[:2] if file.count("/") > 1 else file.split("/")[:1]


def check(files, entries):
    path = os.path.join(BATCHES, hashlib.sha256("".join(files).encode()).hexdigest()[:16] + ".cpp")
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(f'#include "{file}"  // NOLINT(bugprone-suspicious-include)\n' for file in files)
    findings = clang_tidy("-clang-analyzer-*", path, entries[files[0]], BATCH_OPTIONS)
    if "[clang-diagnostic-error]" in findings and len(files) > 1:
        findings = "".join(check(part, entries) for part in apart(files, findings))
    return findings


def apart(files, findings):
    """Two parts of a batch in which names clash in a way that ctags does not see."""
    named = [file for file in files if f"/{file}:" in findings]
    if not 0 < len(named) < len(files):
        named = files[:len(files) // 2]
    return named, [file for file in files if file not in named]


def analyze(files, entries):
    file, = files
    return clang_tidy("-*,clang-analyzer-*", os.path.join(ROOT, file), entries[file], ANALYZER_OPTIONS)


def clang_tidy(checks, path, entry, options):
    command = ["clang-tidy", "--quiet", f"--checks={checks}", path, "--"]
    command += shlex.split(entry["command"])[1:] + options.split()
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=entry["directory"])
    return "" if result.returncode == 0 else result.stdout or result.stderr


if __name__ == "__main__":
    sys.exit(main())
