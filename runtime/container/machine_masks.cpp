#include "runtime/container/machine_masks.h"

#include <algorithm>

#include "runtime/linux/file.h"

namespace berth::container {

std::vector<std::string> thermal_masks(const std::string& directory) {
  std::vector<std::string> masks;
  const auto processors = sys::open_dir_if_exists(directory);
  if (!processors) return masks;
  for (const std::string& name : sys::subdirs_of(*processors)) {
    const std::string path = directory + "/" + name + "/thermal_throttle";
    if (sys::inode_if_exists(path)) masks.push_back(path);
  }
  std::sort(masks.begin(), masks.end());
  return masks;
}

}  // namespace berth::container
