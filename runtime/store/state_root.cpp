#include "runtime/store/state_root.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/lock.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/security/privileges.h"
#include "runtime/store/container_id.h"
#include "spec/error.h"

namespace berth::store {

namespace {

constexpr char kNewPrefix[] = ".new.", kOldPrefix[] = ".old.";

bool is_temporary(const std::string& name) {
  return name.starts_with(kNewPrefix) || name.starts_with(kOldPrefix);
}

void check_root(const sys::Dir& root) {
  check_private(sys::facts_of(root.fd, root.name), "state root '" + root.name + "'");
}

/// Returns false if the directory remains although no live command uses it.
bool remove_leftover(const sys::Dir& root, const std::string& name) {
  const auto dir = sys::open_dir_at_if_exists(root, name);
  if (!dir) return true;
  const auto lock = sys::open_at_if_exists(*dir, kLockFile, O_RDWR | O_NOFOLLOW);
  if (!lock) {
    // Either the directory is empty, or its maker has just locked it and the rmdir fails. A maker
    // whose empty directory was removed makes another.
    (void)sys::try_rmdir_at(root, name);
    return true;
  }
  if (!sys::lock_file(*lock, dir->path_of(kLockFile), 0)) return true;
  return sys::try_remove_dir_at(root, name, *dir, kLockFile);
}

}  // namespace

std::string default_root() {
  const char* const runtime_dir = std::getenv("XDG_RUNTIME_DIR");
  const bool is_set = runtime_dir != nullptr && *runtime_dir != '\0';
  // The root of a user namespace is an ordinary user of the machine, to whom /run does not belong.
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
    fail(ErrorKind::State, what + " belongs to uid " + std::to_string(file.uid) + ", not to uid " +
                               std::to_string(sys::effective_uid()));
  }
  if ((file.mode & kWritableByOthers) != 0) {
    fail(ErrorKind::State, what + " may be written by others", {}, "chmod go-w, or another --root");
  }
}

std::vector<std::string> list_ids(const sys::Dir& root) {
  std::vector<std::string> ids = sys::subdirs_of(root);
  std::erase_if(ids, [](const std::string& name) { return !is_id(name); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string temporary_name(Temporary kind, int attempt) {
  std::string name =
      (kind == Temporary::New ? kNewPrefix : kOldPrefix) + std::to_string(sys::own_pid());
  // A command in another pid namespace may have berth's pid.
  if (attempt > 0) name += "." + std::to_string(attempt);
  return name;
}

std::string remove_leftovers(const sys::Dir& root) {
  std::string stays;
  for (const std::string& name : sys::subdirs_of(root)) {
    if (is_temporary(name) && !remove_leftover(root, name)) stays = name;
  }
  return stays;
}

}  // namespace berth::store
