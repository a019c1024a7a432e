// Says why a program's file cannot be executed.
#pragma once

#include <string>

#include "runtime/plan/talk.h"

namespace berth::plan {

/// Whether the Fault is one of a program's file.
bool is_of_program_file(Fault fault);

/// `permission denied: it is a directory`, for such a Fault or a SystemCall of FindProgram, Execute
/// or RunHook. It has the words of the errno first, which engines search to choose what they report
/// to their users.
std::string program_words(const Message& message);

}  // namespace berth::plan
