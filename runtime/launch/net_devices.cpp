#include "runtime/launch/net_devices.h"

#include <sched.h>

#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/namespaces/namespaces.h"
#include "spec/error.h"

namespace berth::launch {

namespace {

constexpr char kOwnNamespace[] = "/proc/self/ns/net";
constexpr char kNumbered[] = "%d";

bool is_numbered(const std::string& name) { return name.ends_with(kNumbered); }

/// The lowest number that is free; the kernel itself would choose it.
std::string number(const std::string& pattern, const sys::NetworkSocket& socket) {
  const std::string stem = pattern.substr(0, pattern.size() - 2);
  for (int i = 0;; ++i) {
    std::string name = stem + std::to_string(i);
    if (!socket.find(name)) return name;
  }
}

sys::NetDevice existing(const sys::NetworkSocket& socket, const std::string& name) {
  auto device = socket.find(name);
  if (!device) fail(ErrorKind::System, "the network device '" + name + "' is gone");
  return std::move(*device);
}

}  // namespace

NetDevices::~NetDevices() {
  for (auto move = moves_.rbegin(); move != moves_.rend(); ++move) {
    try {
      give_back(*move);
    } catch (const Error&) {
      // This error is dropped, because the one that led to this is reported.
      continue;
    }
  }
}

void NetDevices::check(const std::string& name) { (void)find(name); }

void NetDevices::check(const std::string& name, pid_t pid, const std::string& new_name) {
  (void)find(name);
  if (!is_numbered(new_name) && there(pid).find(new_name)) {
    fail(ErrorKind::Config,
         "the container's network namespace has a device '" + new_name + "' already");
  }
}

void NetDevices::move(const std::string& name, pid_t pid, const std::string& new_name) {
  const sys::NetworkSocket& target = there(pid);
  const sys::NetDevice device = find(name);
  moves_.push_back({.device = device,
                    .new_name = is_numbered(new_name) ? number(new_name, target) : new_name,
                    .addresses = here().permanent_addresses(device)});
  Move& move = moves_.back();
  here().move(device, container_, move.new_name);
  move.is_done = true;
  const sys::NetDevice arrived = existing(target, move.new_name);
  for (const sys::DeviceAddress& address : move.addresses) {
    if (address.is_global) target.add_address(arrived, address);
  }
  target.set_up(arrived);
}

const sys::NetworkSocket& NetDevices::here() {
  if (!here_) here_.emplace();
  return *here_;
}

const sys::NetworkSocket& NetDevices::there(pid_t pid) {
  if (there_) return *there_;
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/net";
  home_ = sys::open_namespace(kOwnNamespace, CLONE_NEWNET);
  container_ = sys::open_namespace(path, CLONE_NEWNET);
  if (sys::inode_if_exists(kOwnNamespace) == sys::inode_if_exists(path)) {
    fail(ErrorKind::Config, "the container's network namespace is the one of berth itself");
  }
  return there_.emplace(container_);
}

sys::NetDevice NetDevices::find(const std::string& name) {
  auto device = here().find(name);
  if (!device) {
    fail(ErrorKind::Config, "there is no network device '" + name + "' in berth's namespace");
  }
  if (device->name != name) {
    fail(ErrorKind::Config,
         "'" + name + "' is an alternative name of the network device '" + device->name + "'");
  }
  if (device->is_loopback) {
    fail(ErrorKind::Config, "'" + name + "' is the loopback device, which cannot be moved");
  }
  return std::move(*device);
}

void NetDevices::give_back(const Move& move) {
  const auto stayed = here().find(move.device.name);
  if (!stayed || stayed->index != move.device.index) {
    // A move that failed may have reached the other namespace; the kernel sets the new name last.
    const std::string& name = move.is_done ? move.new_name : move.device.name;
    there_->move(existing(*there_, name), home_, move.device.name);
  }
  const sys::NetDevice back = existing(here(), move.device.name);
  for (const sys::DeviceAddress& address : move.addresses) here().add_address(back, address);
  if (move.device.is_up) here().set_up(back);
}

}  // namespace berth::launch
