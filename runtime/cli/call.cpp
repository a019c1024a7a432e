#include "runtime/cli/call.h"

#include <algorithm>

#include "runtime/cli/output.h"
#include "runtime/cli/verb.h"
#include "spec/text.h"

namespace berth::cli {

namespace {

std::string prefix_of(const Call& call, Level level) {
  std::string prefix = "berth: ";
  if (level != Level::Error) prefix += std::string(name_of(level)) + ": ";
  if (call.verb != nullptr) prefix += call.verb->name;
  if (!call.id.empty()) prefix += " '" + printable(call.id) + "'";
  return call.verb == nullptr ? prefix : prefix + ": ";
}

}  // namespace

std::string message(const Call& call, Level level, const std::string& what) {
  const std::string prefix = prefix_of(call, level);
  std::string lines;
  for (const std::string_view line : text::split(what, '\n')) {
    if (!lines.empty()) lines += '\n';
    lines += prefix + printable(std::string(line));
  }
  return lines;
}

}  // namespace berth::cli
