"""A person at a terminal: types lines, waits for text."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time


class Terminal:
    """A command on a pseudo-terminal of 33 rows and 111 columns."""

    def __init__(self, command, environment=None):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 111, 0, 0))
            os.execvpe(command[0], command, {**(environment or os.environ), "TERM": "xterm"})
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def send(self, line):
        os.write(self.fd, (line + "\n").encode())

    def wait_for(self, pattern, seconds=20):
        end = time.monotonic() + seconds
        while not (match := re.search(pattern, self.text)):
            left = end - time.monotonic()
            assert left > 0, f"no {pattern!r} on the terminal: {self.text!r}"
            if select.select([self.fd], [], [], left)[0]:
                try:
                    self.text += os.read(self.fd, 4096).decode(errors="replace")
                except OSError:  # the other side is closed
                    match = re.search(pattern, self.text)
                    assert match, f"ended without {pattern!r}: {self.text!r}"
                    break
        return match

    def wait_for_size(self, rows, columns):
        """The client passes the size on only after the start, so the shell inside waits for it."""
        self.text = ""
        self.send(f"until [ \"$(stty size)\" = '{rows} {columns}' ]; do sleep 0.1; done; echo s''ized")
        self.wait_for("sized")

    def exit_code(self):
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)
