#include "runtime/container/home.h"

#include <algorithm>
#include <string_view>

#include "runtime/linux/files/file.h"
#include "spec/error.h"

namespace berth::container {

namespace {

constexpr std::size_t kLargestPasswd = 16u << 20;

bool wants_home(const spec::Strings& variables) {
  constexpr std::string_view kName = "HOME=";
  const auto last = std::find_if(variables.rbegin(), variables.rend(),
                                 [&](const auto& variable) { return variable.starts_with(kName); });
  return last == variables.rend() || *last == kName;
}

}  // namespace

void find_home(const spec::Process& process, const std::string& root, plan::Request& request) {
  if (!wants_home(process.env)) return;
  request.passwd.emplace();
  try {
    const auto directory = sys::open_dir_if_exists(root);
    if (!directory) return;  // another step reports it
    const auto text = sys::read_in_root_if_regular(*directory, "etc/passwd", kLargestPasswd);
    request.passwd = text.value_or("");
  } catch (const Error& error) {
    request.passwd_error = error.message();
  }
}

}  // namespace berth::container
