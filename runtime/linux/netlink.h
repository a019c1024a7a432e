// Network devices, by rtnetlink(7). A socket belongs to the network namespace that it was opened
// in, and whatever is asked through it is about that one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"

namespace berth::sys {

struct NetDevice {
  int index = 0;
  std::string name;  ///< its own one, also when it was found by an alternative one
  bool is_up = false;
  bool is_loopback = false;
};

/// A permanent address of a device, with all that add_address needs to give it to another.
struct DeviceAddress {
  bool is_global = false;  ///< scope `global`, RT_SCOPE_UNIVERSE
  std::string text;        ///< `192.0.2.1/24`
  std::string device;      ///< the name of the device that had it
  std::string label;       ///< IPv4: begins with that name as a rule
  std::string body;        ///< ifaddrmsg and attributes, label and index apart
};

/// Each call throws SystemError with the kernel's own words, if it had any, and the device's name.
class NetworkSocket {
 public:
  /// Of our own network namespace.
  NetworkSocket();
  /// Of the network namespace `network`; needs CAP_SYS_ADMIN over it.
  explicit NetworkSocket(const Fd& network);

  /// Nothing when no device has the name. Alternative names count.
  std::optional<NetDevice> find(const std::string& name) const;

  /// Of every family, in the order of the kernel: primary ones first.
  std::vector<DeviceAddress> permanent_addresses(const NetDevice& device) const;

  /// To the network namespace `network`, as `name`, which has to be free there. The kernel sets the
  /// device down, takes all its addresses away, and may give it another index.
  void move(const NetDevice& device, const Fd& network, const std::string& name) const;

  /// One that it has already is no error. A label follows the device's name.
  void add_address(const NetDevice& device, const DeviceAddress& address) const;
  void set_up(const NetDevice& device) const;

 private:
  Fd socket_;
};

}  // namespace berth::sys
