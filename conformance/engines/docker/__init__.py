"""The checks that only dockerd can show."""
import cli  # noqa: F401  the checks of its command line come first
from docker import options, building  # noqa: F401
from docker import daemons, hooks, remapping, swarms  # noqa: F401  other dockerds, which remove the bridge of the first
