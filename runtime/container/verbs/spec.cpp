#include "runtime/container/verbs/spec.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/own_process.h"
#include "spec/config/config.h"
#include "spec/config/default_config.h"
#include "spec/json/json.h"

namespace berth::container {

void write_spec(const SpecOptions& options) {
  spec::Config config = options.rootless
                            ? spec::rootless_config(sys::effective_uid(), sys::effective_gid())
                            : spec::default_config();
  for (std::string& path : thermal_masks("/sys/devices/system/cpu")) {
    config.linux.masked_paths.push_back(std::move(path));
  }
  const std::string path = options.bundle + "/config.json";
  sys::write_all(sys::open(path, O_WRONLY | O_CREAT | O_EXCL, 0644),
                 spec::to_json(config, spec::Layout::Pretty) + "\n", path);
}

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
