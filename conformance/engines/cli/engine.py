"""An engine with docker's command line, as the checks see it."""
import os

from suite.commands import run, split
from suite.image import IMAGE
from suite.terminal import Terminal


class CliEngine:
    """A context manager; leaving it ends the engine and all of its containers.

    Subclasses say how the engine is called and where it differs.
    """

    name = package = None
    packages = ()
    own_commands = ()  # names of processes that are the checks' own
    daemons = ()  # names of processes that checks restart
    kept_cgroups = ""  # a regular expression
    capabilities = 0  # the engine's default set
    subnet = ""  # how a container's address begins
    exec_not_found = 127  # exit code of exec when the program is missing
    bad_interpreter = 127  # exit code of run when the program's interpreter or loader is missing
    exec_format = 126  # exit code of run when the kernel does not know the program's format
    device_rules = True  # the engine limits devices by the cgroup
    top_options = ()
    top_shows_host_pids = False

    def __init__(self, directory, runtime):
        self.directory, self.runtime = directory, runtime

    def command(self, *arguments):
        """The words to be executed for `docker ARGUMENTS`."""
        raise NotImplementedError

    def call(self, *arguments, **options):
        """Runs docker; with check, a failing one is an AssertionError."""
        return run(self.command(*arguments), **options)

    def run(self, *arguments, **options):
        """docker run --rm of the test image with flags, a "--" and a command."""
        flags, command = split(arguments)
        return self.call("run", "--rm", *flags, IMAGE, *command, **options)

    def output(self, *arguments):
        return self.run(*arguments).output.strip()

    def detached(self, *arguments):
        """A container in the background; its id."""
        flags, command = split(arguments)
        return self.call("run", "-d", *flags, IMAGE, *command).output.strip()

    def sleeper(self, *flags):
        """A container that lives until it is ended."""
        return self.detached(*flags, "--", "sleep", "1000")

    def exec(self, container, *arguments, **options):
        """docker exec with flags, a "--" and a command."""
        flags, command = split(arguments)
        return self.call("exec", *flags, container, *command, **options)

    def exec_output(self, container, *arguments):
        return self.exec(container, *arguments).output.strip()

    def terminal(self, *arguments):
        return Terminal(self.command(*arguments))

    def inspect(self, container, template):
        return self.call("inspect", "-f", template, container).output.strip()

    def state(self, container):
        return self.inspect(container, "{{.State.Status}} {{.State.ExitCode}}")

    def init_pid(self, container):
        return int(self.inspect(container, "{{.State.Pid}}"))

    def remove_all(self):
        ids = self.call("ps", "-aq", check=False).output.split()
        if ids:
            self.call("rm", "-f", *ids, check=False)

    @staticmethod
    def health_flags(command):
        return ["--health-cmd", command, "--health-interval", "1s", "--health-retries", "1"]

    def probe(self, container):
        """Runs the health check now, where the engine does not run it by the clock."""

    def shared_directory(self, name):
        """A directory of the host with the file `from-host`, for volumes."""
        path = os.path.join(self.directory, "shared", name)
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, "from-host"), "w", encoding="ascii") as file:
            file.write("host\n")
        return path

    def state_roots(self):
        """Where the runtime keeps its containers."""
        raise NotImplementedError
