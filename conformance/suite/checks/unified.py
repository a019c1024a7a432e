"""linux.resources.unified: files of cgroup v2 (config-linux.md, "Unified")."""
from suite.bundle import CGROUPS
from suite.cgroup_files import limit
from suite.check import refused

UNIFIED = "/linux/resources/unified"

limit("RS-UNI-1", "unified enables the controllers that it needs, on the whole way to the container's cgroup",
      given={"/linux/cgroupsPath": lambda bundle: f"{CGROUPS}/{bundle.id}/deep/down"}, converted=False,
      config={UNIFIED: {"hugetlb.2MB.max": "4194304"}}, v2={"hugetlb.2MB.max": "4194304"})
for name, value in (("pids.max", "77"), ("memory.high", "67108864"), ("cpu.weight", "55")):
    limit("RS-UNI-1", f"unified sets {name}", converted=False, config={UNIFIED: {name: value}}, v2={name: value})
limit("RS-UNI-2", "unified sets files that the specification does not name", converted=False,
      config={UNIFIED: {"cgroup.max.depth": "7", "cgroup.max.descendants": "9"}},
      v2={"cgroup.max.depth": "7", "cgroup.max.descendants": "9"})
refused("RS-UNI-3", "unified with a controller that the kernel does not have", config={UNIFIED: {"none.max": "1"}},
        valid={UNIFIED: {}})
refused("RS-UNI-3 RT-CREATE-5", "unified with a file that the kernel does not have", config={UNIFIED: {"cgroup.none": "1"}},
        valid={UNIFIED: {}})
refused("RS-UNI-3 RT-CREATE-5", "unified with a value that the kernel does not take",
        config={UNIFIED: {"cgroup.max.depth": "deep"}},
        valid={UNIFIED: {}})
refused("RS-UNI-3", "unified where only cgroup v1 is mounted", needs="view:v1", config={UNIFIED: {"pids.max": "77"}},
        valid={UNIFIED: {}})
