// Where a JSON pointer leads in the bytes of a document. Scans the text anew for each question, so
// it is for problems only, never for reading.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "spec/error.h"

namespace berth::spec {

/// Fills line and column of the problems that have none, and puts all into document order. A
/// pointer that leads nowhere has the position of its nearest existing parent.
void locate(const std::string& bytes, Problems& problems);

/// A value in the text.
struct Spot {
  std::size_t offset = 0;
  std::string_view text;  ///< as it is written
  bool exact = false;     ///< false: the nearest existing parent of what was asked for
};

/// RFC 6901. Of several members with one name it is the last. `bytes` need not be valid JSON.
Spot find(std::string_view bytes, std::string_view pointer);

/// Sets line and column, which count from 1, in bytes.
void set_position(Problem& problem, std::string_view bytes, std::size_t offset);

/// The offset of the first bracket that is nested deeper than `depth`, or npos.
std::size_t find_too_deep(std::string_view bytes, std::size_t depth);

/// A member name as a part of a pointer: `/` and `~` escaped.
std::string pointer_token(std::string_view name);

}  // namespace berth::spec
