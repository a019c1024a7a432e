#include "runtime/cli/call.h"

#include <algorithm>

#include "runtime/cli/output.h"
#include "runtime/cli/parse.h"

namespace berth::cli {

namespace {

std::string prefix_of(const Call& call, Level level) {
  std::string prefix = "berth: ";
  if (level != Level::Error) prefix += std::string(name_of(level)) + ": ";
  if (call.verb != Verb::None) prefix += name_of(call.verb);
  if (!call.id().empty()) prefix += " '" + printable(call.id()) + "'";
  return call.verb == Verb::None ? prefix : prefix + ": ";
}

}  // namespace

std::string message(const Call& call, Level level, const std::string& what) {
  const std::string prefix = prefix_of(call, level);
  std::string text;
  std::size_t begin = 0;
  while (begin <= what.size()) {
    const std::size_t end = std::min(what.find('\n', begin), what.size());
    if (begin > 0) text += '\n';
    text += prefix + printable(what.substr(begin, end - begin));
    begin = end + 1;
  }
  return text;
}

}  // namespace berth::cli
