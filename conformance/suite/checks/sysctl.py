"""linux.sysctl and linux.personality (config-linux.md, "Sysctl" and "Personality")."""
from suite.check import check, refused
from suite.expectation import matches, one_of

SYSCTL, PERSONALITY = "/linux/sysctl", "/linux/personality"
NETWORK = {"/linux/namespaces/-": {"type": "network"}}


def parameter(name, value, given=None):
    path = f"/proc/sys/{name.replace('.', '/')}"
    check("SY-1", f"sysctl sets {name}", given=given, config={SYSCTL: {name: value}}, asks=[f"read:{path}"],
          expect={f"read[{path}]": matches(rf"^{value}\n$")})


for name, value in (("kernel.msgmax", "4321"), ("kernel.shmmni", "99"), ("fs.mqueue.msg_max", "7")):
    parameter(name, value)
for name, value in (("net.ipv4.ip_forward", "1"), ("net.core.somaxconn", "256"), ("net.ipv4.conf.lo.forwarding", "1")):
    parameter(name, value, NETWORK)
refused("SY-1 RT-CREATE-5", "a kernel parameter that is not there", given=NETWORK, config={SYSCTL: {"net.none": "1"}},
        valid={SYSCTL: {"net.core.somaxconn": "256"}})
refused("SY-1 RT-CREATE-5", "a value that the kernel parameter cannot have", config={SYSCTL: {"kernel.msgmax": "many"}},
        valid={SYSCTL: {"kernel.msgmax": "4321"}})

LINUX, LINUX32 = 0, 8
check("PE-1", "the domain LINUX32 is that of a 32 bit machine", needs="linux32", since="1.0.2",
      config={PERSONALITY: {"domain": "LINUX32"}},
      expect={"personality": LINUX32,
              "machine": one_of("i686", "armv8l", "armv7l", "ppc", "ppcle", "s390", "mips", "parisc", "riscv32")})
check("PE-1", "the domain LINUX is the usual one", since="1.0.2", config={PERSONALITY: {"domain": "LINUX"}},
      expect={"personality": LINUX},
      fault={PERSONALITY: {"domain": "LINUX32"}})
for value, what in (({"domain": "NONE"}, "an unknown domain"), ({}, "no domain"),
                    ({"domain": "LINUX", "flags": ["ADDR_NO_RANDOMIZE"]}, "a flag")):
    refused("PE-1 VV-1", f"a personality with {what}", since="1.0.2", config={PERSONALITY: value},
            valid={PERSONALITY: {"domain": "LINUX"}})
