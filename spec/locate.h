// Where JSON pointers lead in the bytes of a document. Scans the text, so it is for problems only,
// never for reading.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "spec/error.h"

namespace berth::spec {

/// Fills line and column of the problems that have none, and puts all into document order. A
/// pointer that leads nowhere has the position of its nearest existing parent.
void locate(const std::string& bytes, Problems& problems);

/// A value in the text.
struct Spot {
  std::size_t offset = 0;
  std::string_view text;  ///< as it is written; empty unless exact
  bool exact = false;     ///< false: the nearest existing parent of what was asked for
};

/// Of each pointer, in their order.
struct Spots {
  std::vector<Spot> list;
  std::size_t steps = 0;  ///< bytes that were walked over: not more than there are
};

/// RFC 6901. Of several members with one name it is the last. `bytes` need not be valid JSON. One
/// walk over the text, however many pointers.
Spots find(std::string_view bytes, const std::vector<std::string>& pointers);

/// Sets line and column, which count from 1, in bytes.
void set_position(Problem& problem, std::string_view bytes, std::size_t offset);

/// The offset of the first bracket that is nested deeper than `depth`, or npos.
std::size_t find_too_deep(std::string_view bytes, std::size_t depth);

/// A member name as a part of a pointer: `/` and `~` escaped.
std::string pointer_token(std::string_view name);

}  // namespace berth::spec
