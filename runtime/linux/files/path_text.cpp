#include "runtime/linux/files/path_text.h"

#include <unistd.h>

#include <array>
#include <climits>

#include "runtime/linux/base/system_error.h"
#include "spec/text.h"

namespace berth::sys {

namespace {

std::string without_idle_components(const std::string& path) {
  std::string plain;
  text::for_each_word(path, '/', [&](std::string_view component) {
    if (component != ".") plain.append("/").append(component);
  });
  return plain.empty() ? "/" : plain;
}

}  // namespace

std::string clean_path(std::string_view path) {
  std::string clean;
  text::for_each_word(path, '/', [&](std::string_view component) {
    if (component == "..") {
      clean.resize(clean.empty() ? 0 : clean.rfind('/'));
    } else if (component != ".") {
      clean.append("/").append(component);
    }
  });
  return clean.empty() ? "/" : clean;
}

bool is_below(std::string_view path, std::string_view top) {
  if (top == "/") return path.size() > 1;
  return path.size() > top.size() && path.starts_with(top) && path[top.size()] == '/';
}

std::string bundle_path(const std::string& bundle, const std::string& path) {
  return path.starts_with('/') ? path : bundle + "/" + path;
}

std::string absolute(const std::string& path) {
  const bool is_relative = path.empty() || path.front() != '/';
  return absolute_from(is_relative ? current_directory() : "/", path);
}

std::string absolute_from(const std::string& directory, const std::string& path) {
  const bool is_relative = path.empty() || path.front() != '/';
  return without_idle_components(is_relative ? directory + "/" + path : path);
}

std::string current_directory() {
  std::array<char, PATH_MAX> buffer;
  if (::getcwd(buffer.data(), buffer.size()) == nullptr) fail_errno("getcwd", ".");
  return buffer.data();
}

}  // namespace berth::sys
