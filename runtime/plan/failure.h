// Turns what init reports into errors. Init sends numbers (talk.h), because it formats no text.
#pragma once

#include "runtime/plan/talk.h"
#include "spec/error.h"

namespace berth::plan {

/// The error for a Failed message: `mount 'wormfs': no such device`, its origin the JSON pointer of
/// the step. The message is read within its bounds whatever it contains, because its sender works
/// beside hostile files.
Error failure_of(const Message& message);

/// The program was not found, or execve(2) refused it.
class ProgramError : public Error {
 public:
  ProgramError(const Error& error, bool is_missing) : Error(error), is_missing_(is_missing) {}

  /// There is no such file; otherwise there is one, but it cannot be executed.
  bool is_missing() const { return is_missing_; }

 private:
  bool is_missing_;
};

/// Throws failure_of(message), as a ProgramError if it is one.
[[noreturn]] void throw_failure(const Message& message);

}  // namespace berth::plan
