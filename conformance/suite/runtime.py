"""A runtime, called by the operations that the specification names, with the command line that all runtimes share."""
import collections
import json
import os
import subprocess
import tempfile

from suite.verdict import Failed, Refused

TIMEOUT = 20  # seconds, for one operation
SECRET = "CONFORMANCE_SECRET=of the runtime"  # in the environment of each operation

# An operation as it is called: its words after the program's name. bundle: of create, the Bundle. stdout: of create, the
# descriptor that becomes the container's. umask: of the program that is the runtime.
Call = collections.namedtuple("Call", "verb words bundle stdout umask", defaults=(None, None, 0o22))


class Result:
    """What an operation left: its words, exit code, output and errors."""

    def __init__(self, words, code, output="", errors=""):
        self.words, self.code, self.output, self.errors = words, code, output, errors

    def __str__(self):
        said = self.errors.strip() or self.output.strip()
        return f"'{' '.join(self.words)}' exits with {self.code}" + (f": {said[-600:]}" if said else "")

    def ok(self):
        """Fails unless the operation was done."""
        if self.code != 0:
            raise Refused(f"'{self.words[0]}' succeeds", str(self))
        return self

    def fails(self):
        """Fails unless the operation reported an error."""
        if self.code == 0:
            raise Failed(f"'{self.words[0]}' reports an error", str(self))
        return self

    @property
    def document(self):
        """The output as JSON."""
        try:
            return json.loads(self.output)
        except ValueError as error:
            raise Failed(f"'{self.words[0]}' prints a JSON document", f"{error}: {self.output[:200]!r}") from error


class Runtime:
    """A program that is a runtime."""

    def __init__(self, path):
        self.path = path

    def call(self, call):
        """Runs the program to its end. Never with pipes of ours for its errors: a container could keep them open."""
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
            stdout = output if call.stdout is None else call.stdout
            try:
                code = subprocess.run([self.path, *call.words], stdin=subprocess.DEVNULL, stdout=stdout, stderr=errors,
                                      timeout=TIMEOUT, check=False, cwd="/", umask=call.umask,
                                      env={"PATH": os.environ["PATH"], **dict([SECRET.split("=")])}).returncode
            except subprocess.TimeoutExpired as error:
                raise Failed(f"'{call.words[0]}' ends within {TIMEOUT} s", "it does not") from error
            return Result(call.words, code, text_of(output), text_of(errors))

    def version(self):
        """The first line of what it says about itself."""
        lines = subprocess.run([self.path, "--version"], capture_output=True, text=True, timeout=TIMEOUT, check=False).stdout
        return lines.partition("\n")[0].strip()


def text_of(file):
    file.seek(0)
    return file.read().decode(errors="replace")
