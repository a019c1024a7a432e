"""What is made to go wrong: who is killed, or whose call fails and how."""
from dataclasses import dataclass

# The errors that a call has had in the field; `*` is for every other. What cannot fail is NEVER.
BELIEVABLE = {
    "open": "EMFILE", "openat": "EMFILE", "openat2": "EIO", "dup": "EMFILE", "dup2": "EBUSY", "dup3": "EMFILE",
    "pipe2": "EMFILE", "socket": "EMFILE", "socketpair": "EMFILE", "accept4": "EMFILE", "epoll_create1": "EMFILE",
    "signalfd4": "EMFILE", "pidfd_open": "EMFILE", "memfd_create": "EMFILE", "fcntl": "EPERM",
    "read": "EIO", "pread64": "EIO", "write": "ENOSPC", "pwrite64": "ENOSPC", "writev": "ENOSPC",
    "fstat": "EIO", "stat": "EIO", "lstat": "EIO", "newfstatat": "EIO", "statx": "EIO", "readlink": "EIO",
    "readlinkat": "EIO", "getdents64": "EIO", "statfs": "EIO", "fstatfs": "EIO", "lseek": "EIO",
    "mkdir": "ENOSPC", "mkdirat": "ENOSPC", "mknodat": "ENOSPC", "symlinkat": "ENOSPC", "rename": "EIO",
    "renameat": "EIO", "renameat2": "EIO", "unlink": "EIO", "unlinkat": "EIO", "rmdir": "EBUSY", "chdir": "EIO",
    "fchdir": "EIO", "getcwd": "ENOMEM", "fchown": "EPERM", "fchownat": "EPERM", "fchmod": "EPERM", "flock": "EINTR",
    "clone": "EAGAIN", "clone3": "EAGAIN", "fork": "EAGAIN", "vfork": "EAGAIN", "execve": "ENOMEM", "execveat": "ENOMEM",
    "wait4": "EINTR", "waitid": "EINTR", "poll": "EINTR", "ppoll": "EINTR", "nanosleep": "EINTR",
    "clock_nanosleep": "EINTR", "recvmsg": "ENOMEM", "sendmsg": "ENOMEM", "connect": "EAGAIN", "bind": "EIO",
    "setns": "EPERM", "unshare": "ENOSPC", "mount": "EBUSY", "umount2": "EBUSY", "pivot_root": "EBUSY",
    "move_mount": "EBUSY", "open_tree": "EMFILE", "fsopen": "EMFILE", "fsmount": "ENOSPC", "fsconfig": "ENOMEM",
    "mount_setattr": "EPERM", "setresuid": "EAGAIN", "prlimit64": "EPERM", "setrlimit": "EPERM", "prctl": "EPERM",
    "capset": "EPERM", "kill": "EPERM", "pidfd_send_signal": "EPERM", "keyctl": "EDQUOT", "seccomp": "ENOMEM",
    "bpf": "EPERM", "membarrier": "EINVAL", "close_range": "ENOMEM", "setsid": "EPERM", "sethostname": "EPERM", "*": "ENOMEM",
}
INTERRUPTIBLE = ["read", "write", "pread64", "pwrite64", "open", "openat", "openat2", "accept4", "connect", "recvmsg",
                 "recvfrom", "sendmsg", "sendto", "wait4", "waitid", "poll", "ppoll", "pselect6", "epoll_pwait", "flock",
                 "nanosleep", "clock_nanosleep", "getdents64", "statfs", "fstatfs", "setns", "mount", "clone", "clone3",
                 "seccomp", "ioctl", "fallocate", "ftruncate"]
# Those that cannot fail, or not without having done what they do: close.
NEVER = ["close", "exit", "exit_group", "rt_sigreturn", "restart_syscall", "getpid", "getppid", "gettid", "getuid", "geteuid",
         "getgid", "getegid", "umask", "alarm", "setitimer", "rt_sigpending", "arch_prctl", "set_tid_address",
         "set_robust_list", "rseq", "clock_gettime"]


@dataclass(frozen=True)
class Kind:
    name: str
    process: str   # whose calls are counted: main, init, tree
    deed: tuple    # flags of berth-fault
    fails: bool    # a call fails; otherwise it is SIGKILL


def table(errors):
    return ",".join(f"{call}={error}" for call, error in errors.items())


def failing(error):
    """The flag's value: `believable`, or one error for all the calls that may have it."""
    if error == "believable":
        return table({**BELIEVABLE, **{call: "0" for call in NEVER}})
    if error == "EINTR":
        return table({call: error for call in INTERRUPTIBLE})
    return table({"*": error, **{call: "0" for call in NEVER}})


KILLS = [
    Kind("kill main", "main", ("--kill",), False),
    Kind("kill init", "init", ("--kill",), False),
    Kind("kill tree", "tree", ("--kill-tree",), False),
]


def fails(error):
    return [Kind(f"{error} {process}", process, ("--fail", failing(error)), True) for process in ("main", "init")]
