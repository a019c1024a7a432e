#include "runtime/host/systemd.h"

#include "runtime/linux/files/file_facts.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::plan {

namespace {

constexpr char kHint[] = "use --cgroup-manager cgroupfs";

[[noreturn]] void refuse(const std::string& what, const std::string& flag,
                         const std::string& hint = kHint) {
  fail(ErrorKind::Unsupported, what, flag, hint);
}

}  // namespace

std::string user_manager_place(std::string_view own_place, uid_t uid) {
  std::string place;
  std::string_view rest = own_place;
  while (!rest.empty()) {
    const std::string_view component = text::take(rest, '/');
    if (component.empty()) continue;
    place.append("/").append(component);
    if (component.starts_with("user@") && component.ends_with(".service")) return place;
  }
  const std::string number = std::to_string(uid);
  return "/user.slice/user-" + number + ".slice/user@" + number + ".service";
}

SystemdManager find_systemd(const CgroupLayout& layout, bool is_user, uid_t uid,
                            const std::string& flag) {
  constexpr char kMark[] = "/run/systemd/system";  // sd_booted(3)
  if (!sys::inode_if_exists(kMark)) {
    refuse(std::string("systemd does not run here: '") + kMark + "' does not exist", flag);
  }
  const CgroupHierarchy* unified = layout.unified();
  if (layout.mode != CgroupLayout::Mode::V2 || unified == nullptr) {
    refuse("berth makes scopes of systemd on cgroup v2 only, and this machine has v1", flag);
  }
  SystemdManager manager{.is_user = is_user, .place = "", .controllers = unified->controllers};
  if (!is_user) return manager;
  manager.place = user_manager_place(unified->own_place().value_or(""), uid);
  const std::string path = unified->path_of(manager.place);
  if (!sys::inode_if_exists(path)) {
    refuse("the caller has no systemd of its own: '" + path + "' does not exist", flag,
           "loginctl enable-linger starts one");
  }
  manager.controllers = read_controllers(path);
  return manager;
}

}  // namespace berth::plan
