"""A shell on a terminal, for run and exec alike."""
import fcntl
import os
import struct
import termios

from suite.checks import check, expect
from suite.image import IMAGE


@check
def shell_on_a_terminal(engine):
    with engine.terminal("run", "--rm", "-it", IMAGE, "sh") as terminal:
        look_around(terminal)


@check
def terminal_follows_the_window(engine):
    with engine.terminal("run", "--rm", "-it", IMAGE, "sh") as terminal:
        resize(terminal)


@check
def interrupt_key_reaches_the_process(engine):
    with engine.terminal("run", "--rm", "-it", IMAGE, "sh", "-c",
                         "trap 'echo caught; exit 4' INT; echo r''eady; while :; do sleep 0.1; done") as terminal:
        terminal.wait_for("ready")
        os.write(terminal.fd, b"\x03")
        terminal.wait_for("caught")
        expect(terminal.exit_code(), 4, "exit code")


@check
def exec_shell_on_a_terminal(engine):
    container = engine.sleeper()
    with engine.terminal("exec", "-it", container, "sh") as terminal:
        look_around(terminal)


@check
def exec_terminal_follows_the_window(engine):
    container = engine.sleeper()
    with engine.terminal("exec", "-it", container, "sh") as terminal:
        resize(terminal)


@check
def exec_terminal_in_a_container_with_one(engine):
    container = engine.call("run", "-dt", IMAGE, "sh").output.strip()
    with engine.terminal("exec", "-it", container, "sh") as terminal:
        look_around(terminal)


def look_around(terminal):
    terminal.wait_for("# ")
    terminal.send("tty; echo d''one")
    terminal.wait_for(r"/dev/(pts/\d+|console)\r+\n(.|\n)*done")
    terminal.wait_for_size(33, 111)
    terminal.send("exit 3")
    expect(terminal.exit_code(), 3, "exit code")


def resize(terminal):
    terminal.wait_for("# ")
    terminal.wait_for_size(33, 111)
    fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 70, 0, 0))
    terminal.wait_for_size(20, 70)
    terminal.send("exit")
    expect(terminal.exit_code(), 0, "exit code")
