"""What a program complains about. Its exit code and its count of tests do not have all of it: some end with 0 after an
error that they print only as a diagnostic of no test."""
import json
import re


def complaints(output, code):
    """Texts, one for each complaint; none if the program is content."""
    found = re.findall(r"^not ok \d+ - (.*?)\r?$", output, re.MULTILINE)
    found += stray_errors(output.replace("\r", ""))
    if code is None:
        found.append("it does not end")
    elif code != 0:
        found += [last_line(output)] if not found else []
        found += [] if found else [f"it exits with {code}"]
    return found


def stray_errors(output):
    """The errors of diagnostics that follow no line of a test: those of a test belong to what it expects."""
    found, test, block = [], False, None
    for line in output.splitlines():
        if re.match(r"(not )?ok \d+", line):
            test = True
        elif line.strip() == "---":
            block = []
        elif line.strip() == "..." and block is not None:
            found += [] if test else [error_of("\n".join(block))]
            test, block = False, None
        elif block is not None:
            block.append(line)
    return [error for error in found if error]


def error_of(text):
    try:
        return json.loads(text).get("error", "").partition("\n")[0]
    except ValueError:
        return ""


def last_line(output):
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith(("1..", "exit status"))]
    return lines[-1] if lines else ""
