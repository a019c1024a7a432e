#!/usr/bin/env python3
"""Runs clang-tidy on every file of ours, one process for each core.

    tidy.py BUILD       BUILD contains the compile_commands.json of cmake

A clean file is skipped until it, one of our headers that it includes, its command or a .clang-tidy
changes: build/lint/clean has an empty file for each, named by the hash of these.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLACE = os.path.join(ROOT, "build", "lint")
CLEAN = os.path.join(PLACE, "clean")
OURS = ("spec/", "hooks/", "runtime/", "tests/")
SKIP = re.compile(r"tests/\w+/main\.cpp$")  # Catch2's own main
CONFIGS = [".clang-tidy", "tests/.clang-tidy", "dev.d/tidy.py"]
# Options that only gcc knows.
FOREIGN = re.compile(r"-Wno-restrict|-fsanitize-undefined-trap-on-error|-D_FORTIFY_SOURCE=\d")


def main():
    commands = [entry for entry in map(for_clang, load(sys.argv[1])) if entry]
    os.makedirs(CLEAN, exist_ok=True)
    with open(os.path.join(PLACE, "compile_commands.json"), "w", encoding="utf-8") as out:
        json.dump(commands, out, indent=1)
    keys = {entry["file"]: key(entry) for entry in commands}
    todo = [file for file in sorted(keys) if not os.path.exists(os.path.join(CLEAN, keys[file]))]
    failed = tidy(todo, keys)
    print(f"clang-tidy: {len(keys)} files, {len(keys) - len(todo)} of them unchanged; {failed} with findings")
    return 1 if failed else 0


def load(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as source:
        return json.load(source)


def for_clang(entry):
    file = os.path.relpath(entry["file"], ROOT)
    if not file.startswith(OURS) or not file.endswith(".cpp") or SKIP.search(file):
        return None
    command = re.sub(r"^\S*ccache ", "", entry["command"])
    return {"directory": entry["directory"], "file": os.path.join(ROOT, file), "command": FOREIGN.sub("", command)}


def key(entry):
    """A hash of everything of ours that the result for this file depends on."""
    digest = hashlib.sha256(entry["command"].encode())
    for file in CONFIGS + sorted(included(os.path.relpath(entry["file"], ROOT), set())):
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


def tidy(files, keys):
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, (file, findings) in enumerate(zip(files, pool.map(run, files)), 1):
            print(f"[{done}/{len(files)}] {os.path.relpath(file, ROOT)}\n{findings}".rstrip(), flush=True)
            if findings:
                failed += 1
            else:
                open(os.path.join(CLEAN, keys[file]), "w", encoding="utf-8").close()
    return failed


def run(file):
    command = ["clang-tidy", "--quiet", "-p", PLACE, file]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return "" if result.returncode == 0 else result.stdout or result.stderr


if __name__ == "__main__":
    sys.exit(main())
