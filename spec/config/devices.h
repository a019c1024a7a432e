// Device nodes, and network devices of the host: config-linux.md. See config.h.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

#include "spec/config/forms.h"
#include "spec/json/rules.h"

namespace berth::spec {

/// mknod(2)
inline constexpr WordValue kDeviceRows[] = {
    {"c", S_IFCHR}, {"b", S_IFBLK}, {"u", S_IFCHR}, {"p", S_IFIFO}};
inline constexpr WordTable kDeviceTypes{kDeviceRows};

struct Device {
  std::string type;  ///< c b u p
  std::string path;
  std::optional<std::int64_t> major;
  std::optional<std::int64_t> minor;
  std::optional<std::uint32_t> file_mode;
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
};

inline constexpr Clause kDeviceHasNumber{
    R"("if": {"properties": {"type": {"const": "p"}}}, "else": {"required": ["major", "minor"]})"};

void describe(auto& v, Device& device) {
  v.required("type", device.type, kDeviceTypes);
  v.required("path", device.path, kAbsolutePath);
  v.optional("major", device.major, kDeviceNumber);
  v.optional("minor", device.minor, kDeviceNumber);
  const bool is_fifo = device.type == "p";
  v.check("major", "type", is_fifo || device.major, "a device number, as 'type' is not p");
  v.check("minor", "type", is_fifo || device.minor, "a device number, as 'type' is not p",
          kDeviceHasNumber);
  v.optional("fileMode", device.file_mode);
  v.optional("uid", device.uid, kId);
  v.optional("gid", device.gid, kId);
}

struct NetDevice {
  std::string name;  ///< empty: the host's name
};

void describe(auto& v, NetDevice& device) {
  v.optional("name", device.name, OrEmpty{kInterfaceName});
}

}  // namespace berth::spec
