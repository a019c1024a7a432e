// Text for people and for engines, and the way it leaves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::cli {

/// To standard output, all of it; a System error when it does not take it.
void print(const std::string& text);
/// To standard error. When that does not take it there is no one left to tell.
void print_error(std::string_view text);

/// The same text without control characters: `\x1b` for an escape.
std::string printable(const std::string& text);

/// Columns of equal width, two spaces between them; a line per row. Cells are made printable.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace berth::cli
