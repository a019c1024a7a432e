#include "runtime/linux/path_text.h"

#include <algorithm>

namespace berth::sys {

std::string clean_path(std::string_view path) {
  std::string clean;
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view component = path.substr(start, end - start);
    if (component == "..") {
      clean.resize(clean.empty() ? 0 : clean.rfind('/'));
    } else if (!component.empty() && component != ".") {
      clean.append("/").append(component);
    }
    start = end + 1;
  }
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
