#!/usr/bin/env python3
"""Writes docs/compliance.md and docs/security.md: requirements and rules with their tests and verdicts.

    compliance.py           checks that the files are up to date; prints a line for each finding, exit code 1
    compliance.py --write   writes them

A test covers the requirements whose ids are in its name, or at the beginning of a row of its data.
conformance/requirements.tsv and rules.tsv are the lists; exceptions.tsv gives the reason where there is no test.
The verdict on a requirement is that of the recorded runs of the conformance suite (results.py), where a check is about it.
"""
import collections
import os
import re
import sys

from results import VIEWS, rows_of, verdict_of as recorded_verdict

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXCEPTIONS = "conformance/exceptions.tsv"
LEVELS = {"M": "must", "MN": "must not", "S": "should", "SN": "should not", "Y": "may", "-": ""}
VERDICTS = ("deviates", "note")
TESTS = ["tests/unit", "tests/integration"]

Requirement = collections.namedtuple("Requirement", "id level chapter sentence")
Test = collections.namedtuple("Test", "suite file name")
# Written from `rows`, below `head`: a table for each run of requirements whose `heading` is the same.
# `shown`: how many tests a row names; the others are found by grep.
Document = collections.namedtuple("Document", "path head rows heading shown")


def main():
    exceptions = {row[0]: row[1:] for row in read_rows(EXCEPTIONS, 3)}
    all_documents = list(documents())
    requirements = [requirement for document in all_documents for requirement in document.rows]
    ids = {requirement.id for requirement in requirements}
    tests = find_tests(ids)
    findings = list(check(requirements, exceptions, tests))
    for document in all_documents:
        findings += bring_up_to_date(document, exceptions, tests)
    for finding in findings:
        print(finding)
    held = sum(1 for requirement in requirements if tests[requirement.id])
    print(f"{len(requirements)} requirements and rules, {held} with tests; {len(findings)} findings")
    return 1 if findings else 0


def documents():
    requirements = [Requirement(*row[:4]) for row in read_rows("conformance/requirements.tsv", 4, 5)]
    yield Document("docs/compliance.md", read("conformance/compliance_head.md"), requirements,
                   lambda requirement: requirement.id.split("-")[0], 3)
    rules = [Requirement(id, "-", *row) for id, *row in read_rows("conformance/rules.tsv", 3)]
    yield Document("docs/security.md", read("conformance/security_head.md"), rules,
                   lambda rule: rule.chapter[0].upper() + rule.chapter[1:], len(rules))


def bring_up_to_date(document, exceptions, tests):
    text = document.head + "\n" + summary(document, exceptions, tests)
    text += "".join(chapters(document, exceptions, tests))
    if "--write" in sys.argv:
        with open(os.path.join(ROOT, document.path), "w", encoding="utf-8") as out:
            out.write(text)
    elif not os.path.exists(os.path.join(ROOT, document.path)) or read(document.path) != text:
        yield f"{document.path} is not up to date: ./dev compliance"


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as source:
        return source.read()


def read_rows(path, *columns):
    for number, line in enumerate(read(path).splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        row = line.split("\t")
        if len(row) not in columns:
            sys.exit(f"{path}:{number}: {len(row)} columns, not {' or '.join(map(str, columns))}")
        yield row


def find_tests(ids):
    """Id -> the tests that hold it, in the order of the tree."""
    found = {id: [] for id in ids}
    for test, data in test_cases():
        words = set(re.findall(r"[\w-]+", test.name)) | set(re.findall(r'\{\s*"([A-Z]+-[\w-]+)[" ,]', data))
        for id in sorted(words & found.keys()):
            found[id].append(test)
    return found


def test_cases():
    """Each test with its data: a test reaches from its TEST_CASE to the next one, its name comes first."""
    for suite in TESTS:
        for file in sorted(os.listdir(os.path.join(ROOT, suite))):
            if file.endswith("_test.cpp"):
                for text in re.split(r"^TEST_CASE", read(f"{suite}/{file}"), flags=re.MULTILINE)[1:]:
                    yield named(text, suite, file)


def named(text, suite, file):
    literals = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
    head = re.match(r"(?:_METHOD\(\s*\w+,|\()\s*" + literals, text)
    name = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', head.group(1))).replace('\\"', '"')
    return Test(os.path.basename(suite), file, name), text[head.end():]


def check(requirements, exceptions, tests):
    for requirement in requirements:
        id = requirement.id
        if not tests[id] and id not in exceptions:
            yield f"{id}: no test holds it, and {EXCEPTIONS} has no reason: {requirement.sentence}"
    for id, (verdict, reason) in exceptions.items():
        if id not in tests:
            yield f"{EXCEPTIONS}: {id} is neither a requirement nor a rule"
        elif verdict not in VERDICTS or not reason:
            yield f"{EXCEPTIONS}: {id}: '{verdict}' is neither of {', '.join(VERDICTS)}, or has no reason"
        elif verdict == "note" and tests[id]:
            yield f"{EXCEPTIONS}: {id} has a test by now"


def verdict_of(requirement, exceptions, tests):
    """Of an exception, its own; else of the recorded runs of berth; else "tested" where only tests hold it."""
    recorded = recorded_verdict("berth", requirement.id)
    if recorded == "fail":
        return "FAIL"
    if requirement.id in exceptions:
        return exceptions[requirement.id][0]
    if not tests[requirement.id]:
        return "MISSING"
    return "pass" if recorded == "pass" or requirement.id.startswith("SR-") else "tested"


def summary(document, exceptions, tests):
    counts = collections.Counter(verdict_of(requirement, exceptions, tests) for requirement in document.rows)
    listed = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("pass", "tested", *VERDICTS, "FAIL", "MISSING") if counts[verdict])
    return f"{len(document.rows)} entries: {listed}.\n"


def chapters(document, exceptions, tests):
    has_levels = any(requirement.level != "-" for requirement in document.rows)
    columns = ["id", "level", "what", "verdict", "checks", "tests"] if has_levels else ["id", "what", "verdict", "tests"]
    last = None
    for requirement in document.rows:
        if document.heading(requirement) != last:
            last = document.heading(requirement)
            yield f"\n## {last}\n\n{row_of(columns)}{row_of(['---'] * len(columns))}"
        verdict, names = shown_verdict(requirement, exceptions, tests), shown_tests(tests[requirement.id], document.shown)
        if has_levels:
            yield row_of([requirement.id, LEVELS[requirement.level], f"{requirement.chapter}: {requirement.sentence}", verdict,
                          shown_checks(requirement.id), names])
        else:
            yield row_of([requirement.id, requirement.sentence, verdict, names])


def row_of(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def shown_verdict(requirement, exceptions, tests):
    verdict = verdict_of(requirement, exceptions, tests)
    return f"{verdict}: {exceptions[requirement.id][1]}" if requirement.id in exceptions else verdict


def shown_checks(id):
    """How many checks of the conformance suite passed, and in which views of cgroups."""
    passed = [(view, row["title"]) for view, row in rows_of("berth", id) if row["verdict"] == "pass"]
    views = [view for view in VIEWS if view in {view for view, _ in passed}]
    return f"{len({title for _, title in passed})}: {', '.join(views)}" if passed else ""


def shown_tests(tests, most):
    names = [f"{test.suite}: {bare(test.name)}" for test in tests[:most]]
    more = [f"and {len(tests) - most} more"] if len(tests) > most else []
    return "; ".join(names + more)


def bare(name):
    """A test's name without the ids at its beginning or end."""
    id = r"[A-Z]+(?:-[\w*]+)+"
    name = re.sub(rf"\s*\((?:{id}[,\s]*)+\)", "", name)
    return re.sub(rf"^(?:{id}[,\s]*)+:\s*", "", name).strip()


if __name__ == "__main__":
    sys.exit(main())
