// The host's network devices on their way into the container. Until committed each comes back with
// the end of this object: to our network namespace, with its name, its permanent addresses, and up
// if it was. Routes through it are gone by then, the kernel dropped them with the first move. When
// berth is killed in the middle the kernel decides: physical devices return to the initial network
// namespace, virtual ones end together with the container's. network_namespaces(7)
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/netlink.h"

namespace berth::launch {

class NetDevices {
 public:
  NetDevices() = default;
  NetDevices(const NetDevices&) = delete;
  NetDevices& operator=(const NetDevices&) = delete;
  ~NetDevices();

  /// Config error unless it is in our network namespace and of a kind that can leave it.
  void check(const std::string& name);
  /// The same, and that `new_name` is free where the process `pid` is: not our own namespace.
  void check(const std::string& name, pid_t pid, const std::string& new_name);

  /// Moves it to the network namespace of the process, as `new_name`: one that ends in %d gets the
  /// lowest number that is free. Global addresses go with it, and it is up then.
  void move(const std::string& name, pid_t pid, const std::string& new_name);

  /// They are the container's now.
  void commit() { moves_.clear(); }

 private:
  struct Move {
    sys::NetDevice device;
    std::string new_name;
    std::vector<sys::DeviceAddress> addresses;
    bool is_done = false;  ///< if not: may be somewhere on the way, with its old name
  };

  const sys::NetworkSocket& here();
  const sys::NetworkSocket& there(pid_t pid);
  sys::NetDevice find(const std::string& name);
  void give_back(const Move& move);

  std::optional<sys::NetworkSocket> here_, there_;
  sys::Fd home_, container_;  ///< the network namespaces; kept alive by these, too
  std::vector<Move> moves_;
};

}  // namespace berth::launch
