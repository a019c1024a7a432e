#!/usr/bin/env python3
"""docs/compliance.md: each requirement of the specification, the tests that hold it, the verdict.

    compliance.py           checks that the file is up to date; one line a finding, exit code 1
    compliance.py --write   writes it

A test holds the requirements whose ids stand in its name, or at the head of a row of its data.
conformance/requirements.tsv is the list, conformance/exceptions.tsv says what no test holds and why.
"""
import collections
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REQUIREMENTS, EXCEPTIONS = "conformance/requirements.tsv", "conformance/exceptions.tsv"
TABLE = "docs/compliance.md"
LEVELS = {"M": "must", "MN": "must not", "S": "should", "SN": "should not", "Y": "may", "-": ""}
VERDICTS = ("deviates", "later", "note")
# What may be put off: control groups beyond the basic limits, and what needs `exec`.
MAY_WAIT = re.compile(r"(RS|CG|CO)-|PR-AFF-")
TESTS = ["tests/unit", "tests/integration"]
NAMES_IDS = ["spec/requirement.cpp"]

HEAD = """\
# Compliance

What the OCI runtime specification 1.3.0 requires on Linux, in our words, and the tests that hold berth to it: the
release is made only when all of them pass. `./dev compliance` writes this file from the names of the tests,
`conformance/requirements.tsv` and `conformance/exceptions.tsv`; `./dev lint` refuses an old one, and a requirement
that has neither a test nor a reason.

"""


def main():
    requirements = [Requirement(*row) for row in read_rows(REQUIREMENTS, 4)]
    exceptions = {row[0]: row[1:] for row in read_rows(EXCEPTIONS, 3)}
    ids = {requirement.id for requirement in requirements}
    tests = find_tests(ids)
    findings = list(check(requirements, exceptions, tests)) + list(check_named_ids(ids))
    table = HEAD + summary(requirements, exceptions, tests) + "".join(chapters(requirements, exceptions, tests))
    if "--write" in sys.argv:
        with open(os.path.join(ROOT, TABLE), "w", encoding="utf-8") as out:
            out.write(table)
    elif not os.path.exists(os.path.join(ROOT, TABLE)) or read(TABLE) != table:
        findings.append(f"{TABLE} is not up to date: ./dev compliance")
    for finding in findings:
        print(finding)
    held = sum(1 for requirement in requirements if tests[requirement.id])
    print(f"{len(requirements)} requirements, {held} with tests; {len(findings)} findings")
    return 1 if findings else 0


Requirement = collections.namedtuple("Requirement", "id level chapter sentence")
Test = collections.namedtuple("Test", "suite file name")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as source:
        return source.read()


def read_rows(path, columns):
    for number, line in enumerate(read(path).splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        row = line.split("\t")
        if len(row) != columns:
            sys.exit(f"{path}:{number}: {len(row)} columns, not {columns}")
        yield row


def find_tests(ids):
    """Id -> the tests that hold it, in the order of the tree."""
    found = {id: [] for id in ids}
    for suite in TESTS:
        for file in sorted(os.listdir(os.path.join(ROOT, suite))):
            if file.endswith("_test.cpp"):
                add_tests(suite, file, found)
    return found


def add_tests(suite, file, found):
    """A test reaches from its TEST_CASE to the next one: its name first, then its data."""
    for text in re.split(r"^TEST_CASE", read(f"{suite}/{file}"), flags=re.MULTILINE)[1:]:
        literals = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
        head = re.match(r"(?:_METHOD\(\s*\w+,|\()\s*" + literals, text)
        name = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', head.group(1))).replace('\\"', '"')
        words = set(re.findall(r"[\w-]+", name)) | set(re.findall(r'\{\s*"([A-Z]+-[\w-]+)",', text[head.end():]))
        for id in sorted(words & found.keys()):
            found[id].append(Test(os.path.basename(suite), file, name))


def check(requirements, exceptions, tests):
    for requirement in requirements:
        id = requirement.id
        if not tests[id] and id not in exceptions:
            yield f"{id}: no test holds it, and {EXCEPTIONS} has no reason: {requirement.sentence}"
    for id, (verdict, reason) in exceptions.items():
        if id not in tests:
            yield f"{EXCEPTIONS}: {id} is no requirement"
        elif verdict not in VERDICTS or not reason:
            yield f"{EXCEPTIONS}: {id}: '{verdict}' is none of {', '.join(VERDICTS)}, or has no reason"
        elif verdict == "later" and not MAY_WAIT.match(id):
            yield f"{EXCEPTIONS}: {id} may not be put off"
        elif verdict == "note" and tests[id]:
            yield f"{EXCEPTIONS}: {id} has a test by now"


def check_named_ids(ids):
    """Ids that the program itself shows."""
    for file in NAMES_IDS:
        for id in re.findall(r'"([A-Z]+(?:-[A-Z]+)*-\d+)"', read(file)):
            if id not in ids:
                yield f"{file}: {id} is no requirement"


def verdict_of(requirement, exceptions, tests):
    verdict = exceptions.get(requirement.id, ("pass", ""))[0]
    return verdict if tests[requirement.id] or requirement.id in exceptions else "MISSING"


def summary(requirements, exceptions, tests):
    counts = collections.Counter(verdict_of(requirement, exceptions, tests) for requirement in requirements)
    listed = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("pass", *VERDICTS, "MISSING") if counts[verdict])
    return f"{len(requirements)} requirements: {listed}.\n"


def chapters(requirements, exceptions, tests):
    """A table for each run of ids with the same first part."""
    last = None
    for requirement in requirements:
        group = requirement.id.split("-")[0]
        if group != last:
            yield f"\n## {group}\n\n| id | level | requirement | verdict | tests |\n| --- | --- | --- | --- | --- |\n"
        last = group
        yield line(requirement, exceptions, tests)


def line(requirement, exceptions, tests):
    verdict = verdict_of(requirement, exceptions, tests)
    if requirement.id in exceptions:
        verdict += ": " + exceptions[requirement.id][1]
    cells = [requirement.id, LEVELS[requirement.level], f"{requirement.chapter}: {requirement.sentence}", verdict,
             shown(tests[requirement.id])]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def shown(tests):
    """Names without the ids, the first few: the others are found by grep."""
    most = 3
    names = [f"{test.suite}: {bare(test.name)}" for test in tests[:most]]
    more = [f"and {len(tests) - most} more"] if len(tests) > most else []
    return "; ".join(names + more)


def bare(name):
    """A test's name without the ids that open or close it."""
    id = r"[A-Z]+(?:-[\w*]+)+"
    name = re.sub(rf"\s*\((?:{id}[,\s]*)+\)", "", name)
    return re.sub(rf"^(?:{id}[,\s]*)+:\s*", "", name).strip()


if __name__ == "__main__":
    sys.exit(main())
