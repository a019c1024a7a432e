#include "runtime/container/pid_file.h"

#include "runtime/linux/files/chosen_file.h"
#include "spec/error.h"

namespace berth::container {

void write_pid_file(const std::string& path, pid_t pid) {
  constexpr mode_t kMode = 0644;
  if (path.empty()) return;
  try {
    sys::replace_file(path, std::to_string(pid), kMode);
  } catch (const Error& error) {
    throw error.at("--pid-file");
  }
}

}  // namespace berth::container
