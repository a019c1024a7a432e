"""A crowded machine: some of what the kernel does for a container grows with the mounts of the namespace that
it is started from (each is copied) and with the threads of the machine (pivot_root visits all)."""
import os
import subprocess

import runtimes

MOUNTS, THREADS = 500, 3000


class Crowd:
    """500 mounts and 3,000 sleeping threads, as long as `with`."""

    def __init__(self, place):
        self.directory, self.threads = os.path.join(place, "crowd"), None

    def __enter__(self):
        os.mkdir(self.directory)
        subprocess.run(["mount", "-t", "tmpfs", "crowd", self.directory], check=True)
        for number in range(MOUNTS):
            target = os.path.join(self.directory, str(number))
            os.mkdir(target)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "crowd", target], check=True)
        self.threads = subprocess.Popen([os.path.join(runtimes.BUILT, "threads"), str(THREADS)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.threads.stdout.read(1) != b"r":
            raise SystemExit(f"bench: cannot make {THREADS} threads")
        return self

    def __exit__(self, *_):
        self.threads.communicate()  # its end is the end of its input
        subprocess.run(["umount", "-l", self.directory], check=True)  # and all that is mounted below it
