"""linux.resources (config-linux.md, "Control groups": memory, CPU, block I/O, huge pages, network, PIDs, RDMA)."""
import contextlib
import glob
import os

from suite.bundle import CGROUPS
from suite.cgroup_files import directories, disk, limit
from suite.check import check, lifecycle, refused
from suite.edits import REMOVED
from suite.expectation import Predicate, matches, other_than
from suite.faults import refuses, says_failure, says_success
from suite.syscalls import numbers
from suite.verdict import Untested

RESOURCES = "/linux/resources"
MEMORY, CPU, BLOCK, HUGE = (f"{RESOURCES}/{name}" for name in ("memory", "cpu", "blockIO", "hugepageLimits"))
MB = 1 << 20
GETPID = numbers()["getpid"]
UNLIMITED = "9223372036854771712"
NONE_ON_V2 = "for which cgroup v2 has nothing, is an error there"


def below(most):
    return Predicate(f"a number below {most}", lambda value: isinstance(value, str) and value.isdigit() and int(value) < most)


# ---- memory ----

limit("RS-MEM-1", "memory.limit", config={f"{MEMORY}/limit": 64 * MB},
      v1={"memory.limit_in_bytes": str(64 * MB)}, v2={"memory.max": str(64 * MB)})
limit("RS-MEM-1", "memory.limit of -1 is no limit", config={f"{MEMORY}/limit": -1}, fault={f"{MEMORY}/limit": 64 * MB},
      v1={"memory.limit_in_bytes": UNLIMITED}, v2={"memory.max": "max"})
limit("RS-MEM-1", "memory.reservation", config={f"{MEMORY}/reservation": 32 * MB},
      v1={"memory.soft_limit_in_bytes": str(32 * MB)}, v2={"memory.low": str(32 * MB)})
limit("RS-MEM-1", "memory.swap limits memory and swap together", config={f"{MEMORY}/swap": 96 * MB},
      given={f"{MEMORY}/limit": 64 * MB},
      v1={"memory.limit_in_bytes": str(64 * MB), "memory.memsw.limit_in_bytes": str(96 * MB)},
      v2={"memory.max": str(64 * MB), "memory.swap.max": str(32 * MB)})
limit("RS-MEM-1", "memory.swap of -1 is no limit", config={f"{MEMORY}/swap": -1}, given={f"{MEMORY}/limit": 64 * MB},
      fault={f"{MEMORY}/swap": 96 * MB}, v1={"memory.memsw.limit_in_bytes": UNLIMITED}, v2={"memory.swap.max": "max"})
refused("RS-MEM-1 VV-1", "memory.swap below memory.limit", needs="cgroup:memory",
        config={f"{MEMORY}/swap": 32 * MB, f"{MEMORY}/limit": 64 * MB},
        valid={f"{MEMORY}/swap": 96 * MB, f"{MEMORY}/limit": 64 * MB})
limit("RS-MEM-1", "memory.kernel is set, or an error where the kernel does not take it", config={f"{MEMORY}/kernel": 64 * MB},
      or_refused=True, v1={"memory.kmem.limit_in_bytes": str(64 * MB)})
limit("RS-MEM-1", "memory.kernelTCP is set, or an error where the kernel does not take it",
      config={f"{MEMORY}/kernelTCP": 64 * MB},
      or_refused=True, v1={"memory.kmem.tcp.limit_in_bytes": str(64 * MB)})
limit("RS-MEM-2", "memory.swappiness", config={f"{MEMORY}/swappiness": 33}, v1={"memory.swappiness": "33"})
refused("RS-MEM-2 VV-1", "memory.swappiness above 100", needs="cgroup:memory", config={f"{MEMORY}/swappiness": 101},
        valid={f"{MEMORY}/limit": 64 * MB})
limit("RS-MEM-2", "memory.disableOOMKiller", config={f"{MEMORY}/disableOOMKiller": True},
      v1={"memory.oom_control": matches("oom_kill_disable 1")})
limit("RS-MEM-2", "memory.useHierarchy", config={f"{MEMORY}/useHierarchy": True}, fault=refuses("create"),
      v1={"memory.use_hierarchy": "1"})
limit("RS-MEM-2", "memory.useHierarchy of false is an error where the kernel has nothing else than hierarchies",
      config={f"{MEMORY}/useHierarchy": False}, or_refused=True, v1={"memory.use_hierarchy": "0"})
for name, value in (("kernel", 64 * MB), ("kernelTCP", 64 * MB), ("swappiness", 33), ("disableOOMKiller", True)):
    refused("RS-CONV-1", f"memory.{name}, {NONE_ON_V2}", needs=["view:v2", "cgroup:memory"],
            config={f"{MEMORY}/{name}": value}, valid={f"{MEMORY}/limit": 64 * MB})
refused("RS-MEM-1 RT-CREATE-5", "memory.limit where there is no memory controller", needs="without:cgroup:memory",
        config={f"{MEMORY}/limit": 64 * MB}, valid={RESOURCES: {}})


def uses_memory(container):
    """Makes the container's cgroup and has 16 MB in use there, of a file that has no process."""
    directory = directories(os.getpid()).get("memory", "/sys/fs/cgroup") + f"{CGROUPS}/{container.id}"
    os.makedirs(directory)
    file = os.memfd_create("used")
    child = os.fork()
    if child == 0:
        with contextlib.suppress(OSError):
            with open(f"{directory}/cgroup.procs", "w", encoding="ascii") as own:
                own.write("0")
            os.write(file, bytes(16 * MB))
        os._exit(0)
    os.waitpid(child, 0)
    return file


for bytes_, wanted in ((8 * MB, "fails"), (64 * MB, "ok")):
    @lifecycle("RS-MEM-3", f"checkBeforeUpdate: a limit {'below' if wanted == 'fails' else 'above'} what the cgroup uses already "
               f"{'is an error' if wanted == 'fails' else 'is none'}", needs="cgroup:memory", since="1.1.0",
               config={f"{MEMORY}/checkBeforeUpdate": True, f"{MEMORY}/limit": bytes_},
               fault=says_success("create") if wanted == "fails" else says_failure("create"))
    def _(container, wanted=wanted):
        file = uses_memory(container)
        try:
            getattr(container.create(), wanted)()
        finally:
            os.close(file)

# ---- CPU ----

limit("RS-CPU-1", "cpu.shares", config={f"{CPU}/shares": 512}, v1={"cpu.shares": "512"}, v2={"cpu.weight": below(100)})
limit("RS-CPU-1", "cpu.quota and period", config={f"{CPU}/quota": 50000, f"{CPU}/period": 200000},
      v1={"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "200000"}, v2={"cpu.max": "50000 200000"})
limit("RS-CPU-1", "cpu.quota without period", config={f"{CPU}/quota": 50000},
      v1={"cpu.cfs_quota_us": "50000"}, v2={"cpu.max": matches(r"^50000 ")})
limit("RS-CPU-1", "cpu.period without quota", config={f"{CPU}/period": 50000},
      v1={"cpu.cfs_period_us": "50000", "cpu.cfs_quota_us": "-1"}, v2={"cpu.max": "max 50000"})
refused("RS-CPU-1 RT-CREATE-5", "a cpu.quota that is shorter than the kernel takes", needs="cgroup:cpu",
        config={f"{CPU}/quota": 1},
        valid={f"{CPU}/quota": 50000})
limit("RS-CPU-1 RS-CPU-2", "cpu.burst", since="1.1.0", config={f"{CPU}/burst": 20000}, given={f"{CPU}/quota": 50000},
      v1={"cpu.cfs_burst_us": "20000"}, v2={"cpu.max.burst": "20000"})
for version, file in (("v1", "cpu.cfs_burst_us"), ("v2", "cpu.max.burst")):
    refused("RS-CPU-2 RT-CREATE-5", f"a cpu.burst above the quota, which no kernel takes (cgroup {version})", since="1.1.0",
            given={f"{CPU}/quota": 50000},
            needs=["cgroup:cpu", f"cgroup_file:{file}"], config={f"{CPU}/burst": 60000}, valid={f"{CPU}/burst": 20000})
limit("RS-CPU-1", "cpu.idle", since="1.1.0", config={f"{CPU}/idle": 1}, v1={"cpu.idle": "1"}, v2={"cpu.idle": "1"})


def leaves_realtime(_):
    """Lets the cgroups above the container's have real-time, of which each gets a part of that of the one above it."""
    top = directories(os.getpid()).get("cpu", "")
    try:
        for directory in (top, top + CGROUPS):
            os.makedirs(directory, exist_ok=True)
            with open(f"{directory}/cpu.rt_runtime_us", "r+", encoding="ascii") as runtime:
                if int(runtime.read()) < 100000:
                    runtime.write("100000")
    except OSError as error:
        raise Untested(f"this machine leaves no real-time to cgroups: {error.strerror}") from error


limit("RS-CPU-1", "cpu.realtimeRuntime and realtimePeriod", prepare=leaves_realtime,
      config={f"{CPU}/realtimeRuntime": 10000, f"{CPU}/realtimePeriod": 500000},
      v1={"cpu.rt_runtime_us": "10000", "cpu.rt_period_us": "500000"})
refused("RS-CONV-1", f"cpu.realtimeRuntime, {NONE_ON_V2}", needs=["view:v2", "cgroup:cpu"],
        config={f"{CPU}/realtimeRuntime": 10000},
        valid={f"{CPU}/shares": 512})
limit("RS-CPU-1", "cpu.cpus", config={f"{CPU}/cpus": "0"}, v1={"cpuset.cpus": "0"}, v2={"cpuset.cpus": "0"})
limit("RS-CPU-1", "cpu.mems", config={f"{CPU}/mems": "0"}, needs=["path:/sys/devices/system/node/node1"],
      v1={"cpuset.mems": "0"}, v2={"cpuset.mems": "0"})
check("RS-CPU-1", "the program runs on cpu.cpus alone", needs=["cgroup:cpuset", "cpus:2"],
      config={f"{CPU}/cpus": "0"}, expect={"cpus_allowed": "0"})
for name in ("cpus", "mems"):
    refused("RS-CPU-1 RT-CREATE-5", f"cpu.{name} that this machine does not have", needs="cgroup:cpuset",
            config={f"{CPU}/{name}": "900"}, valid={f"{CPU}/{name}": "0"})

# ---- block I/O ----

DISK = disk()


def of_disk(**values):
    major, minor = map(int, DISK.split(":")) if DISK else (0, 0)
    return [{"major": major, "minor": minor, **values}]


limit("RS-BIO-1", "blockIO.weight", config={f"{BLOCK}/weight": 300}, needs=["without:cgroup_file:*bfq.weight"],
      v1={"blkio.weight": "300"}, v2={"io.weight": other_than("default 100")})
limit("RS-BIO-1", "blockIO.weight where BFQ is", config={f"{BLOCK}/weight": 300}, v1={"blkio.bfq.weight": "300"},
      v2={"io.bfq.weight": matches("^default 300")})
limit("RS-BIO-1", "blockIO.weightDevice is set, or an error where the disk's scheduler has no weights", or_refused=True,
      needs=["disk:", "cgroup_file:blkio/blkio.bfq.weight_device"], config={f"{BLOCK}/weightDevice": of_disk(weight=300)},
      v1={"blkio.bfq.weight_device": matches(f"{DISK} 300")})
limit("RS-BIO-1", "blockIO.leafWeight is set, or an error where the kernel has none", or_refused=True,
      config={f"{BLOCK}/leafWeight": 300}, v1={"blkio.leaf_weight": "300"})
refused("RS-CONV-1", f"blockIO.leafWeight, {NONE_ON_V2}", needs=["view:v2", "cgroup:io"], config={f"{BLOCK}/leafWeight": 300},
        valid={BLOCK: {}})
for name, v1, v2 in (("ReadBps", "read_bps", "rbps"), ("WriteBps", "write_bps", "wbps"), ("ReadIOPS", "read_iops", "riops"),
                     ("WriteIOPS", "write_iops", "wiops")):
    limit("RS-BIO-1", f"blockIO.throttle{name}Device", needs=["disk:"],
          config={f"{BLOCK}/throttle{name}Device": of_disk(rate=MB)},
          v1={f"blkio.throttle.{v1}_device": f"{DISK} {MB}"}, v2={"io.max": matches(f"^{DISK} .*{v2}={MB}")})
for values, what in (({}, "without weight and leafWeight"), ({"weight": 300, "minor": REMOVED}, "without minor")):
    refused("RS-BIO-1 VV-1", f"a blockIO.weightDevice {what}", valid={BLOCK: {}},
            config={f"{BLOCK}/weightDevice": [{name: value for name,
                                               value in {**of_disk()[0], **values}.items() if value is not REMOVED}]})
refused("RS-BIO-1 VV-1", "a blockIO.throttleReadBpsDevice without rate", config={f"{BLOCK}/throttleReadBpsDevice": of_disk()},
        valid={BLOCK: {}})

# ---- huge pages ----

for size in ("2MB", "1GB"):
    limit("RS-HUG-1 RS-HUG-2", f"hugepageLimits of {size} are limits of reservations",
          config={HUGE: [{"pageSize": size, "limit": 2 << 30}]},
          v1={f"hugetlb.{size}.rsvd.limit_in_bytes": str(2 << 30)}, v2={f"hugetlb.{size}.rsvd.max": str(2 << 30)})
for value, what in (({"pageSize": "3MB", "limit": 0}, "of a size that no page has"), ({"pageSize": "2mb", "limit": 0}, "of 2mb"),
                    ({"pageSize": "2MB"}, "without limit"), ({"limit": 0}, "without pageSize")):
    refused("RS-HUG-1 VV-1", f"a hugepageLimits {what}", config={HUGE: [value]}, valid={HUGE: []})

# ---- network, PIDs, RDMA ----

limit("RS-NET-1", "network.classID", config={f"{RESOURCES}/network": {"classID": 1048577}}, v1={"net_cls.classid": "1048577"})
limit("RS-NET-1", "network.priorities", config={f"{RESOURCES}/network": {"priorities": [{"name": "lo", "priority": 5}]}},
      v1={"net_prio.ifpriomap": matches("lo 5")})
for controller, value in (("net_cls", {"classID": 1048577}), ("net_prio", {"priorities": [{"name": "lo", "priority": 5}]})):
    refused("RS-NET-1 RS-CONV-1 RT-CREATE-5", f"network.{next(iter(value))} where there is no controller {controller}",
            needs=f"without:cgroup:{controller}", config={f"{RESOURCES}/network": value}, valid={RESOURCES: {}})
limit("RS-PID-1", "pids.limit", config={f"{RESOURCES}/pids": {"limit": 77}}, v1={"pids.max": "77"}, v2={"pids.max": "77"})
limit("RS-PID-1", "pids.limit of -1 is no limit", config={f"{RESOURCES}/pids": {"limit": -1}},
      fault={f"{RESOURCES}/pids": {"limit": 77}},
      v1={"pids.max": "max"}, v2={"pids.max": "max"})
check("RS-PID-1", "with a pids.limit of 0 the program cannot have a child", since="1.3.0", needs="cgroup:pids",
      config={f"{RESOURCES}/pids": {"limit": 0}}, asks=[f"child:{GETPID}"], expect={f"child[{GETPID}]": "EAGAIN"})
HCA = next(iter(sorted(glob.glob("/sys/class/infiniband/*"))), "").rpartition("/")[2]
for value, what in (({}, "without hcaHandles and hcaObjects"), ({"hcaHandles": 1}, "of a device that is not there")):
    refused("RS-RDMA-1 RT-CREATE-5", f"rdma {what}", config={f"{RESOURCES}/rdma": {"none0": value}}, valid={RESOURCES: {}})


limit("RS-RDMA-1", "rdma", needs=["path:/sys/class/infiniband"], config={f"{RESOURCES}/rdma": {HCA: {"hcaHandles": 3}}},
      v1={"rdma.max": matches(f"{HCA} hca_handle=3 ")}, v2={"rdma.max": matches(f"{HCA} hca_handle=3 ")})
