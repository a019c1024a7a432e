// Moves the host's network devices into the container. Until committed, the destructor returns each
// to berth's network namespace, with its name, its permanent addresses, and up if it was. Its
// routes are lost then, because the kernel drops them with the first move. If berth is killed in
// between, the kernel decides: physical devices return to the initial network namespace, virtual
// ones end with the container's. network_namespaces(7)
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/namespaces/netlink.h"

namespace berth::launch {

class NetDevices {
 public:
  NetDevices() = default;
  NetDevices(const NetDevices&) = delete;
  NetDevices& operator=(const NetDevices&) = delete;
  ~NetDevices();

  /// Config error unless it is in berth's network namespace and of a kind that can leave it.
  void check(const std::string& name);
  /// Also checks that `new_name` is free in the namespace of the process `pid`, which must not be
  /// berth's.
  void check(const std::string& name, pid_t pid, const std::string& new_name);

  /// Moves it to the network namespace of the process, as `new_name`; a name that ends in %d gets
  /// the lowest number that is free. Global addresses go with it, and it is up then.
  void move(const std::string& name, pid_t pid, const std::string& new_name);

  /// From now on the devices belong to the container.
  void commit() { moves_.clear(); }

 private:
  struct Move {
    sys::NetDevice device;
    std::string new_name;
    std::vector<sys::DeviceAddress> addresses;
    bool is_done = false;  ///< if not: it may be in either namespace, with its old name
  };

  const sys::NetworkSocket& here();
  const sys::NetworkSocket& there(pid_t pid);
  sys::NetDevice find(const std::string& name);
  void give_back(const Move& move);

  std::optional<sys::NetworkSocket> here_, there_;
  sys::Fd home_, container_;  ///< the network namespaces, which these also keep alive
  std::vector<Move> moves_;
};

}  // namespace berth::launch
