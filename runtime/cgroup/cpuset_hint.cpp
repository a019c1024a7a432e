#include "runtime/cgroup/cpuset_hint.h"

#include "runtime/linux/files/file.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

std::string cpuset_hint(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  if (!file.starts_with("cpuset.")) return {};
  const std::string above = parent_of(parent_of(path)) + "/";
  std::string has;
  for (const std::string& name : {file + ".effective", file}) {
    const auto text = sys::read_file_if_exists(above + name);
    if (has.empty() && text) has = text::trimmed(*text);
  }
  const char* what = file == "cpuset.mems" ? "memory nodes" : "processors";
  return has.empty() ? "" : "there are the " + std::string(what) + " " + has;
}

}  // namespace berth::cgroup
