// What our objects and the C library hand to each other lies in memory as both think it does. Ours
// are compiled with glibc's headers, for that is what libstdc++ was built with, and linked with
// musl: this is compiled with both (bridge.cpp, musl_layout.cpp), and one of the two fails
// where they differ. What only the kernel sees is the same in any case. x86_64
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <regex.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

namespace berth::libc {

static_assert(sizeof(long) == 8 && sizeof(size_t) == 8 && sizeof(off_t) == 8);
static_assert(sizeof(pid_t) == 4 && sizeof(mode_t) == 4 && sizeof(dev_t) == 8 &&
              sizeof(ino_t) == 8);
static_assert(sizeof(time_t) == 8 && sizeof(clock_t) == 8 && sizeof(socklen_t) == 4);

static_assert(sizeof(struct stat) == 144 && offsetof(struct stat, st_mode) == 24);
static_assert(offsetof(struct stat, st_uid) == 28 && offsetof(struct stat, st_rdev) == 40);
static_assert(offsetof(struct stat, st_size) == 48 && offsetof(struct stat, st_mtim) == 88);
static_assert(sizeof(struct statfs) == 120 && offsetof(struct statfs, f_flags) == 80);
static_assert(sizeof(struct dirent) == 280 && offsetof(struct dirent, d_type) == 18);
static_assert(offsetof(struct dirent, d_name) == 19);
static_assert(sizeof(struct pollfd) == 8 && sizeof(struct timespec) == 16);

static_assert(sizeof(struct sigaction) == 152 && offsetof(struct sigaction, sa_mask) == 8);
static_assert(offsetof(struct sigaction, sa_flags) == 136);
static_assert(sizeof(sigset_t) == 128 && sizeof(siginfo_t) == 128);
static_assert(offsetof(siginfo_t, si_code) == 8 && offsetof(siginfo_t, si_pid) == 16);
static_assert(offsetof(siginfo_t, si_status) == 24);
static_assert(sizeof(struct signalfd_siginfo) == 128);

static_assert(sizeof(struct sockaddr_un) == 110 && sizeof(struct sockaddr_storage) == 128);
static_assert(sizeof(struct iovec) == 16 && sizeof(struct cmsghdr) == 16);
static_assert(sizeof(struct msghdr) == 56 && offsetof(struct msghdr, msg_iovlen) == 24);
static_assert(offsetof(struct msghdr, msg_control) == 32);
static_assert(offsetof(struct msghdr, msg_controllen) == 40);
static_assert(offsetof(struct msghdr, msg_flags) == 48);
static_assert(sizeof(struct ucred) == 12 && sizeof(struct in6_addr) == 16);

static_assert(sizeof(struct termios) == 60 && offsetof(struct termios, c_cc) == 17);
static_assert(sizeof(struct winsize) == 8);
static_assert(sizeof(struct rlimit) == 16 && offsetof(struct tm, tm_gmtoff) == 40);
static_assert(sizeof(struct tm) == 56 && sizeof(mbstate_t) == 8);
static_assert(sizeof(regex_t) == 64);
static_assert(sizeof(pthread_mutex_t) == 40 && sizeof(pthread_once_t) == 4);
static_assert(sizeof(pthread_key_t) == 4 && sizeof(pthread_t) == 8);
static_assert(offsetof(struct dl_phdr_info, dlpi_phdr) == 16);
static_assert(offsetof(struct dl_phdr_info, dlpi_phnum) == 24);

// Numbers that the C library itself looks at; all others go through to the kernel.
static_assert(REG_EXTENDED == 1 && REG_NOSUB == 8);
static_assert(SEEK_SET == 0 && SEEK_CUR == 1 && SEEK_END == 2 && EOF == -1);
static_assert(SIG_BLOCK == 0 && SIG_UNBLOCK == 1 && SIG_SETMASK == 2 && SA_RESTART == 0x10000000);
static_assert(TCSANOW == 0 && TCSADRAIN == 1 && TCSAFLUSH == 2);
static_assert(O_CREAT == 0100 && O_TMPFILE == 020200000 && O_CLOEXEC == 02000000);
static_assert(F_SETLK == 6 && F_GETOWN == 9 && F_DUPFD_CLOEXEC == 1030);
static_assert(AT_FDCWD == -100 && AT_SYMLINK_NOFOLLOW == 0x100 && AT_EACCESS == 0x200);
static_assert(AT_EMPTY_PATH == 0x1000);
static_assert(WNOHANG == 1 && WEXITED == 4 && P_PID == 1);
static_assert(SOCK_CLOEXEC == 02000000 && SOCK_NONBLOCK == 04000 && AF_INET6 == 10);
static_assert(_SC_PAGESIZE == 30);

}  // namespace berth::libc
