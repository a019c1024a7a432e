// What every verb gets: where containers are kept, and where it reports what does not stop it.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace berth::container {

struct Context {
  std::string root;        ///< state root, absolute
  std::string trace_file;  ///< Chrome trace of this call; empty: none
  int error_status = 1;    ///< the exit code for an error, which exec sets
  // The verbs fill these, and go on.
  std::vector<std::string> failures;  ///< failures that do not stop the verb
  std::vector<std::string> warnings;  ///< the compiler's warnings about the config
};

/// Adds an error to the failures of the call, if there is memory for that. It is for errors that
/// occur while berth already handles something else, in a destructor for instance.
void note_failure(Context& context, const char* what, const std::exception& error) noexcept;

}  // namespace berth::container
