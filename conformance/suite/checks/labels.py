"""Labels of security modules on the process (config.md, "apparmorProfile" and "selinuxLabel")."""
from suite.check import check, refused
from suite.expectation import matches
from suite.needs import permissive_profile

PROFILE, LABEL = "/process/apparmorProfile", "/process/selinuxLabel"


check("PR-AA-1", "apparmorProfile is the program's profile", needs=["lsm:apparmor", "profile"],
      config={PROFILE: lambda _: permissive_profile()},
      expect=lambda *_: {"proc[attr/current]": matches(f"^{permissive_profile()} ")})
refused("PR-AA-1 VV-1", "a profile that is not loaded", needs="lsm:apparmor", config={PROFILE: "conformance-none"}, valid={})
refused("PR-AA-1 RT-CREATE-5", "a profile, on a machine without AppArmor", needs="without:lsm:apparmor", config={PROFILE: "conformance-none"},
        valid={})
refused("PR-SE-1 VV-1", "a label that the policy does not know", needs="lsm:selinux", config={LABEL: "none:none:none:s0"}, valid={})
refused("PR-SE-1 RT-CREATE-5", "a label, on a machine without SELinux", needs="without:lsm:selinux",
        config={LABEL: "system_u:system_r:container_t:s0"}, valid={})
