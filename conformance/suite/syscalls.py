"""The numbers of system calls on this machine, by name, as the kernel's headers have them."""
import functools
import re
import subprocess


@functools.cache
def numbers():
    source = subprocess.run(["gcc", "-E", "-dM", "-include", "asm/unistd.h", "-x", "c", "/dev/null"], capture_output=True,
                            text=True, check=True).stdout
    return {name: int(number) for name, number in re.findall(r"^#define __NR_(\w+) (\d+)$", source, re.MULTILINE)}
