"""The checks that only podman can show, as root and rootless."""
import cli  # noqa: F401  the checks of its command line come first
from podman import building, kube, modes, namespaces, pods  # noqa: F401
