"""The checks of containerd: tasks by ctr, pods by the CRI."""
from containerd import examples, pod_contexts, pods, tasks  # noqa: F401
