// Where containers are kept, and where a verb reports what happens beside what it was asked for.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace berth::container {

struct Site {
  std::string root;        ///< state root, absolute
  std::string trace_file;  ///< Chrome trace of this call; empty: none
  // Filled by the verbs, which go on.
  std::vector<std::string> failures;  ///< what failed beside what was asked for
  std::vector<std::string> remarks;   ///< of the compiler, about the config
};

/// Adds to the failures of the call, if there is memory for that, what goes wrong while berth
/// already deals with something else, in a destructor for instance.
void note_failure(Site& site, const char* what, const std::exception& error) noexcept;

}  // namespace berth::container
