#include "runtime/cli/output.h"

#include <algorithm>
#include <cstdio>

#include "runtime/container/paths.h"

namespace berth::cli {

void print(const std::string& text) { container::write_to_standard_output(text); }

void print_error(std::string_view text) { (void)std::fwrite(text.data(), 1, text.size(), stderr); }

std::string printable(const std::string& text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string result;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte >= 0x20 && byte != 0x7f) {
      result += letter;
    } else {
      result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return result;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], printable(row[i]).size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = printable(row[i]);
      text += cell;
      if (i + 1 < row.size()) text.append(widths[i] - cell.size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace berth::cli
