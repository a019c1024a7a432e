#include "runtime/store/state_root.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "runtime/linux/file.h"
#include "runtime/linux/lock.h"
#include "runtime/linux/privileges.h"
#include "runtime/linux/process.h"
#include "runtime/store/container_id.h"
#include "spec/error.h"

namespace berth::store {

namespace {

constexpr mode_t kPrivateDir = 0700;
constexpr char kWayIn[] = ".new.", kWayOut[] = ".old.";

bool is_passing(const std::string& name) {
  return name.starts_with(kWayIn) || name.starts_with(kWayOut);
}

void check_root(const sys::Dir& root) {
  check_private(sys::facts_of(root.fd, root.name), "state root '" + root.name + "'");
}

/// False when it stays although no living command uses it.
bool remove_leftover(const sys::Dir& root, const std::string& name) {
  auto fd = sys::open_at_if_exists(root, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) return true;
  const sys::Dir dir{std::move(*fd), root.path_of(name)};
  const auto lock = sys::open_at_if_exists(dir, kLockFile, O_RDWR | O_NOFOLLOW);
  if (!lock) {
    // It is empty, or has a lock by now. A command whose empty directory is gone makes another.
    (void)sys::try_rmdir_at(root, name);
    return true;
  }
  if (!sys::lock_file(*lock, dir.path_of(kLockFile), 0)) return true;
  return sys::try_remove_dir_at(root, name, dir, kLockFile);
}

}  // namespace

std::string default_root() {
  const char* const runtime_dir = std::getenv("XDG_RUNTIME_DIR");
  const bool is_set = runtime_dir != nullptr && *runtime_dir != '\0';
  // The root of a user namespace is a user of the machine, whose /run is not its own.
  const bool is_root = sys::effective_uid() == 0 && !(is_set && sys::in_user_namespace());
  return (!is_root && is_set ? std::string(runtime_dir) : "/run") + "/berth";
}

std::optional<sys::Dir> open_root_if_exists(const std::string& path) {
  auto root = sys::open_dir_if_exists(path);
  if (root) check_root(*root);
  return root;
}

sys::Dir open_or_make_root(const std::string& path) {
  if (auto root = open_root_if_exists(path)) return std::move(*root);
  sys::make_dirs(path, kPrivateDir);
  sys::Dir root = sys::open_dir(path);
  check_root(root);
  return root;
}

void check_private(const sys::FileFacts& file, const std::string& what) {
  constexpr mode_t kWritableByOthers = 022;
  if (file.uid != sys::effective_uid()) {
    fail(ErrorKind::State, what + " belongs to uid " + std::to_string(file.uid) + ", not to us");
  }
  if ((file.mode & kWritableByOthers) != 0) {
    fail(ErrorKind::State, what + " may be written by others", {}, "chmod go-w, or another --root");
  }
}

std::vector<std::string> list_ids(const std::string& root) {
  const auto dir = open_root_if_exists(root);
  if (!dir) return {};
  std::vector<std::string> ids = sys::subdirs_of(*dir);
  std::erase_if(ids, [](const std::string& name) { return !is_id(name); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string passing_name(Passage passage, int attempt) {
  std::string name = (passage == Passage::In ? kWayIn : kWayOut) + std::to_string(sys::own_pid());
  // A command of another pid namespace may have our pid.
  if (attempt > 0) name += "." + std::to_string(attempt);
  return name;
}

std::string remove_leftovers(const sys::Dir& root) {
  std::string stays;
  for (const std::string& name : sys::subdirs_of(root)) {
    if (is_passing(name) && !remove_leftover(root, name)) stays = name;
  }
  return stays;
}

}  // namespace berth::store
