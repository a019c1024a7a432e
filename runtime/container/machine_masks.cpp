#include "runtime/container/machine_masks.h"

#include <algorithm>
#include <utility>

#include "runtime/linux/file.h"

namespace berth::container {

std::vector<std::string> thermal_masks(const std::string& directory) {
  std::vector<std::string> masks;
  const auto processors = sys::open_dir_if_exists(directory);
  if (!processors) return masks;
  for (const std::string& name : sys::subdirs_of(*processors)) {
    std::string path = directory;
    path.append("/").append(name).append("/thermal_throttle");
    if (sys::inode_if_exists(path)) masks.push_back(std::move(path));
  }
  std::sort(masks.begin(), masks.end());
  return masks;
}

}  // namespace berth::container
