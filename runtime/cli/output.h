// Formats and prints text for people and for engines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::cli {

/// Prints all of it on standard output; a System error if that fails.
void print(const std::string& text);
/// Prints on standard error. A failure is ignored, because it could not be reported.
void print_error(std::string_view text);

/// `text` with its control characters escaped: `\x1b` for an escape.
std::string printable(const std::string& text);

/// Aligns columns, with two spaces between them; one line per row. Cells are made printable.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace berth::cli
