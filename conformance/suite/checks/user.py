"""process.user."""
from suite.check import berth_deviates, check, lifecycle, refused
from suite.edits import REMOVED
from suite.expectation import in_any_order
from suite.faults import makes_edits
from suite.verdict import same

check("US-1", "uid and gid are the program's: real, effective, saved and of the file system",
      config={"/process/user": {"uid": 1000, "gid": 2000}},
      expect={"uids": [1000] * 4, "gids": [2000] * 4})
check("US-1", "a uid and gid above 2^31",
      config={"/process/user": {"uid": 4294967290, "gid": 4294967291}},
      expect={"uids": [4294967290] * 4, "gids": [4294967291] * 4})
for name in ("uid", "gid"):
    refused("US-1", f"a user without {name}", config={f"/process/user/{name}": REMOVED}, valid={})
    refused("US-1 VV-1", f"a negative {name}", config={f"/process/user/{name}": -1}, valid={f"/process/user/{name}": 1})
    refused("US-1 VV-1", f"a {name} that is a text", config={f"/process/user/{name}": "0"}, valid={f"/process/user/{name}": 0})
check("US-2", "umask is the program's", config={"/process/user/umask": 0o27}, expect={"umask": 0o27})


@lifecycle("US-2", "without umask the caller's is the program's", fault=makes_edits({"/process/user/umask": 0o22}))
def _(container):
    container.umask = 0o31
    same(container.run_to_end()["umask"], 0o31, "umask")


check("US-3", "additionalGids are the program's groups",
      config={"/process/user/additionalGids": [7, 5, 70000]}, expect={"groups": in_any_order(5, 7, 70000)})

berth_deviates("US-2", "without umask the caller's is the program's")
