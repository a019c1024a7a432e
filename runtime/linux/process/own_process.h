// berth's own process: who it is, and the state that its caller and its containers depend on
// (signals, standard descriptors, memory).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace berth::sys {

pid_t own_pid();
uid_t effective_uid();
gid_t effective_gid();
/// The path of the file that berth executes. proc_pid_exe(5)
std::string own_program();
/// NAME=value, of every variable.
std::vector<std::string> own_environment();
/// Makes berth the parent of orphaned descendants (PR_SET_CHILD_SUBREAPER).
void become_subreaper();

/// Resets SIGCHLD to its default. A caller that ignores SIGCHLD passes that on through execve, and
/// the kernel would then reap berth's children. wait(2), NOTES
void reap_own_children();

/// Ignores SIGPIPE (a write to a pipe without a reader) and SIGXFSZ (a write beyond RLIMIT_FSIZE),
/// so that write(2) fails instead of ending berth.
void ignore_signals_of_writes();

/// Opens /dev/null for each of 0, 1 and 2 that is closed, so that no later descriptor of berth
/// becomes a standard stream of a child.
void ensure_standard_fds();
/// Marks every descriptor from `first` on close-on-exec. close_range(2)
void mark_others_close_on_exec(int first);
bool is_open(int fd);
/// Puts a descriptor without use at each of these numbers, as far as RLIMIT_NOFILE allows, so that
/// no file gets them.
void reserve_fds(const std::vector<std::uint32_t>& numbers);

/// Until the next execve the process does not dump core, and other processes of its uid can neither
/// ptrace it nor open its /proc/PID/mem. RLIMIT_CORE would not do, because the container would
/// inherit it.
void forbid_inspection();
void set_umask(mode_t mask);

}  // namespace berth::sys
