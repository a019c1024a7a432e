// Network devices, through rtnetlink(7). A socket acts on the network namespace in which it was
// opened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

struct NetDevice {
  int index = 0;
  std::string name;  ///< the device's name, even if it was found by an alternative name
  bool is_up = false;
  bool is_loopback = false;
};

/// A permanent address of a device, with what add_address() needs to give it to another device.
struct DeviceAddress {
  bool is_global = false;  ///< RT_SCOPE_UNIVERSE
  std::string text;        ///< `192.0.2.1/24`
  std::string device;      ///< the device that had it
  std::string label;       ///< IPv4; usually begins with the device's name
  std::string body;        ///< ifaddrmsg and attributes, without label and index
};

/// Each function throws SystemError with the device's name and the kernel's error text, if there is
/// one.
class NetworkSocket {
 public:
  /// Opens a socket in berth's network namespace.
  NetworkSocket();
  /// Opens a socket in `network`, which needs CAP_SYS_ADMIN there.
  explicit NetworkSocket(const Fd& network);

  /// Finds a device by its name or an alternative name.
  std::optional<NetDevice> find(const std::string& name) const;

  /// The addresses of every family in the kernel's order, which lists primary ones first.
  std::vector<DeviceAddress> permanent_addresses(const NetDevice& device) const;

  /// Moves the device to `network` as `name`, which must be free there. The kernel sets the device
  /// down, removes its addresses, and may change its index.
  void move(const NetDevice& device, const Fd& network, const std::string& name) const;

  /// Adds an address; one that the device already has is not an error. A label changes with the
  /// device's name.
  void add_address(const NetDevice& device, const DeviceAddress& address) const;
  void set_up(const NetDevice& device) const;

 private:
  Fd socket_;
};

}  // namespace berth::sys
