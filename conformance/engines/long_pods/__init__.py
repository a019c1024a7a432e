"""The long run of a pod under containerd: not part of the usual checks."""
from long_pods import service  # noqa: F401
