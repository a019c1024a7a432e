// Why the kernel refuses the path of a program: a part of it, a link, a mode or a mount.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// The errno with which execve(2) would refuse the file whatever it contains, or 0. For a directory
/// this is EISDIR instead of EACCES.
int error_of(const char* file);
/// Sets the finding, apart from its part, for a file that error_of() refuses with `error`. EISDIR
/// takes no further look at the file.
void explain(Finding& finding, const char* file, int error);
/// Sets the fault, the errno that it explains, and the path as detail.
void conclude(Finding& finding, Fault fault, int error, const char* path);

}  // namespace berth::init
