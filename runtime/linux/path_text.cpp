#include "runtime/linux/path_text.h"

#include "spec/text.h"

namespace berth::sys {

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

}  // namespace berth::sys
