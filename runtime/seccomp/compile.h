// Compiles a filter to the program that the kernel runs for each system call. Each architecture has
// a search tree over the numbers of its calls, whose leaves are answers or the conditions of a
// call. Numbers between those that the profile lists lead to the default action, numbers above to
// ENOSYS.
#pragma once

#include "runtime/linux/base/fd.h"
#include "runtime/plan/seccomp.h"
#include "runtime/seccomp/program.h"

namespace berth::seccomp {

/// Unsupported error at `/linux/seccomp/syscalls` if the program is longer than the kernel accepts.
Program compile(const plan::SeccompFilter& filter);

/// The program as init loads it: a sealed memfd of struct sock_filter.
sys::Fd make_filter(const plan::SeccompFilter& filter);

}  // namespace berth::seccomp
