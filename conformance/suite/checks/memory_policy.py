"""linux.memoryPolicy."""
from suite.check import check, refused

POINTER = "/linux/memoryPolicy"
# As linux/mempolicy.h numbers them.
MODES = {"MPOL_DEFAULT": 0, "MPOL_PREFERRED": 1, "MPOL_BIND": 2, "MPOL_INTERLEAVE": 3, "MPOL_LOCAL": 4, "MPOL_PREFERRED_MANY": 5,
         "MPOL_WEIGHTED_INTERLEAVE": 6}
FLAGS = {"MPOL_F_STATIC_NODES": 1 << 15, "MPOL_F_RELATIVE_NODES": 1 << 14, "MPOL_F_NUMA_BALANCING": 1 << 13}
WITHOUT_NODES = ("MPOL_DEFAULT", "MPOL_LOCAL")
KERNELS = {"MPOL_PREFERRED_MANY": "kernel:5.15", "MPOL_WEIGHTED_INTERLEAVE": "kernel:6.9"}


def needs(mode):
    return ["path:/sys/devices/system/node/node0", *([KERNELS[mode]] if mode in KERNELS else [])]


def policy(mode, *flags):
    return {"mode": mode, **({} if mode in WITHOUT_NODES else {"nodes": "0"}), **({"flags": list(flags)} if flags else {})}


for mode, number in MODES.items():
    check("MP-1", f"{mode} is the process's memory policy", since="1.3.0", needs=needs(mode), config={POINTER: policy(mode)},
          expect={"memory_policy": {"mode": number, "flags": 0, "nodes": [] if mode in WITHOUT_NODES else [0]}},
          fault={POINTER: policy("MPOL_LOCAL")} if mode == "MPOL_DEFAULT" else None)
for flag, number in FLAGS.items():
    check("MP-1", f"the flag {flag}", since="1.3.0", needs=[*needs("MPOL_BIND"), "kernel:5.12"],
          config={POINTER: policy("MPOL_BIND", flag)}, expect={"memory_policy.mode": 2, "memory_policy.flags": number})
check("MP-1", "a list of nodes with a range", since="1.3.0", needs=needs("MPOL_BIND"), expect={"memory_policy.nodes": [0]},
      config={POINTER: {"mode": "MPOL_BIND", "nodes": "0-0,0"}})
for value, what in (({"nodes": "0"}, "a policy without mode"), ({"mode": "MPOL_NONE"}, "an unknown mode"),
                    ({"mode": "MPOL_BIND"}, "a mode that needs nodes, without them"),
                    ({"mode": "MPOL_INTERLEAVE", "nodes": ""}, "a mode that needs nodes, with none"),
                    ({"mode": "MPOL_LOCAL", "nodes": "0"}, "MPOL_LOCAL with nodes"),
                    ({"mode": "MPOL_DEFAULT", "nodes": "0"}, "MPOL_DEFAULT with nodes"),
                    ({"mode": "MPOL_BIND", "nodes": "all"}, "nodes that are no list of numbers"),
                    ({"mode": "MPOL_BIND", "nodes": "1-"}, "nodes with half a range"),
                    ({"mode": "MPOL_BIND", "nodes": "1000"}, "a node that is not there"),
                    (policy("MPOL_BIND", "MPOL_F_NONE"), "an unknown flag"),
                    (policy("MPOL_BIND", "MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"), "flags that exclude each other")):
    refused("MP-1 VV-1", f"memoryPolicy: {what}", since="1.3.0", needs=needs("MPOL_BIND"), config={POINTER: value},
            valid={POINTER: policy("MPOL_BIND")})
