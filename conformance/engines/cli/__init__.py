"""The checks of every engine with docker's command line: docker, podman as root, rootless podman."""
from cli import (process, identity, security, files, sharing, limits, ending, terminals, execs, exec_errors,  # noqa: F401
                 pausing, lifecycle, health, copying, networks, messages)
