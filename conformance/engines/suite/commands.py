"""Commands, with what they left, and waiting for something to become true."""
import subprocess
import time

TIMEOUT = 60  # seconds, for any one command


class Result:
    """What a finished command left: exit code, output, errors."""

    def __init__(self, done):
        self.code, self.output, self.errors = done.returncode, done.stdout, done.stderr

    def __str__(self):
        return f"exit code {self.code}, output {self.output[-2000:]!r}, errors {self.errors[-2000:]!r}"


def run(command, check=True, stdin=None, timeout=TIMEOUT, **options):
    """Runs a command; with check, a failing one is an AssertionError."""
    source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    result = Result(subprocess.run(command, capture_output=True, text=True, errors="replace",
                                   timeout=timeout, check=False, **source, **options))
    assert not check or result.code == 0, f"{result} of {' '.join(command)}"
    return result


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def split(arguments):
    """Splits the words at "--": flags of the engine, and the command in the container."""
    at = arguments.index("--")
    return list(arguments[:at]), list(arguments[at + 1:])


def tail(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return "".join(file.readlines()[-20:])
