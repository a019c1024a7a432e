#include "runtime/cli/verb.h"

namespace berth::cli {

std::string_view Flag::letter() const {
  return spelling.substr(0, 2) == "--" || is_argument() ? "" : spelling.substr(1, 1);
}

std::string_view Flag::name() const {
  if (is_argument()) {
    const std::size_t begin = is_required() ? 0 : 1;
    return spelling.substr(begin, spelling.find_first_of("].") - begin);
  }
  const std::size_t begin = spelling.find("--") + 2;
  return spelling.substr(begin, spelling.find(' ') - begin);
}

}  // namespace berth::cli
