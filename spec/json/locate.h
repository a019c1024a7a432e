// Finds JSON pointers in the text of a document. berth scans the text for problems only, and never
// to read a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "spec/error.h"

namespace berth::spec {

/// Completes the problems that lack a position: sets line and column, and puts what was found in
/// front of a refusal. Sorts all into document order. A pointer to a missing value gets the
/// position of its nearest existing parent.
void locate(const std::string& bytes, Problems& problems);

/// The position of a value in the text.
struct Location {
  std::size_t offset = 0;
  int line = 0, column = 0;  ///< both count from 1, in bytes
  std::string_view text;     ///< the value as it is written; empty unless exact
  bool exact = false;        ///< false: the position is that of the nearest existing parent
};

/// One result for each pointer, in order.
struct Locations {
  std::vector<Location> list;
  std::size_t steps = 0;  ///< the number of scanned bytes, at most the size of the text
};

/// Finds RFC 6901 pointers in one scan. If several members have one name, the last counts. `bytes`
/// need not be valid JSON.
Locations find(std::string_view bytes, const std::vector<std::string>& pointers);

/// Sets line and column of a problem.
void set_position(Problem& problem, std::string_view bytes, std::size_t offset);

/// A value as the document has it, shortened to one line.
std::string shown(std::string_view json);

}  // namespace berth::spec
