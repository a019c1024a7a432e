"""The root of another Debian release with its container engines, made once and kept."""
import os
import re
import shutil
import subprocess
import sys

CACHE = os.environ.get("BERTH_ENGINES_CACHE", "/var/cache/berth-engines")
PACKAGES = ("docker.io docker-cli docker-buildx containerd podman conmon runc crun busybox-static iproute2 curl uidmap "
            "slirp4netns passt netavark aardvark-dns iptables nftables tini containernetworking-plugins python3 procps "
            "util-linux ca-certificates")


def debian_root(release):
    """The directory of a release, which is made if it is not there."""
    root = os.path.join(CACHE, release)
    if os.path.isdir(root):
        return root
    if not shutil.which("mmdebstrap"):
        sys.exit("engines_test: missing: apt-get install --no-install-recommends mmdebstrap")
    os.makedirs(CACHE, exist_ok=True)
    print(f"engines_test: making {root}, once", file=sys.stderr)
    unfinished = root + ".new"
    shutil.rmtree(unfinished, ignore_errors=True)
    options = ['APT::Install-Recommends "false"', 'Acquire::Retries "3"', 'Acquire::Check-Valid-Until "false"']
    made = subprocess.run(["mmdebstrap", "--variant=minbase", *(f"--aptopt={option}" for option in options),
                           "--include=" + PACKAGES.replace(" ", ","), release, unfinished,
                           "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
                           f"{mirror()} {release} main"], stdout=subprocess.DEVNULL, check=False)
    if made.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        sys.exit(f"engines_test: cannot make a Debian {release}")
    os.rename(unfinished, root)
    return root


def mirror():
    """Where this machine's own packages come from."""
    for name in ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources"):
        if not os.path.exists(name):
            continue
        with open(name, encoding="utf-8") as file:
            found = re.search(r"^(?:deb (?:\[[^]]*\] )?|URIs: *)(\S+)", file.read(), re.MULTILINE)
        if found:
            return found[1]
    sys.exit("engines_test: /etc/apt names no source of packages")
