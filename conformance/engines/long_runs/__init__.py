"""Long runs with dockerd: not part of the usual checks."""
from long_runs import kills, many, service  # noqa: F401
