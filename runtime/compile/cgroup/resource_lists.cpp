#include "runtime/compile/cgroup/resource_lists.h"

#include <algorithm>
#include <string_view>

#include "runtime/compile/cgroup/resource_rows.h"
#include "spec/pointer.h"
#include "spec/text.h"

namespace berth::plan {

namespace {

using spec::BlockIo, spec::Cpu;

// ---- cpuset ---------------------------------------------------------------------------------

struct CpusetRow {
  const char* property;
  std::optional<std::string> Cpu::*list;
  const char* file;
};

constexpr CpusetRow kCpusetRows[] = {{"cpu/cpus", &Cpu::cpus, "cpuset.cpus"},
                                     {"cpu/mems", &Cpu::mems, "cpuset.mems"}};

/// Whether all numbers of the list are small enough to be those of processors or nodes.
bool has_possible_numbers(std::string_view list) {
  while (!list.empty()) {
    const std::size_t length = std::min(list.find_first_not_of("0123456789"), list.size());
    unsigned number = 0;
    if (length != 0 && !text::read_number(list.substr(0, length), number)) return false;
    if (number > kLastOfSet) return false;
    list.remove_prefix(std::min(length + 1, list.size()));
  }
  return true;
}

/// What is wrong with a list of numbers and ranges, as cpuset(7) has it; empty if nothing is.
std::string fault_of_list(const std::string& list) {
  // Anything else must not reach a file.
  if (list.find_first_not_of("0123456789,-:/") != std::string::npos) {
    return "'" + list + "' is not a list like '0-3,6'";
  }
  if (has_possible_numbers(list)) return {};
  return "'" + list + "' has a number above " + std::to_string(kLastOfSet);
}

// ---- blockIO --------------------------------------------------------------------------------

struct ThrottleRow {
  const char* property;
  std::vector<spec::ThrottleDevice> BlockIo::*list;
  const char* v1_file;
  const char* v2_word;  ///< in io.max
};

constexpr ThrottleRow kThrottleRows[] = {
    {"blockIO/throttleReadBpsDevice", &BlockIo::throttle_read_bps_device,
     "blkio.throttle.read_bps_device", "rbps"},
    {"blockIO/throttleWriteBpsDevice", &BlockIo::throttle_write_bps_device,
     "blkio.throttle.write_bps_device", "wbps"},
    {"blockIO/throttleReadIOPSDevice", &BlockIo::throttle_read_iops_device,
     "blkio.throttle.read_iops_device", "riops"},
    {"blockIO/throttleWriteIOPSDevice", &BlockIo::throttle_write_iops_device,
     "blkio.throttle.write_iops_device", "wiops"},
};

std::string device_of(const auto& device) {
  return std::to_string(device.major) + ":" + std::to_string(device.minor) + " ";
}

constexpr std::uint16_t kMostWeight = 1000;

std::string element(const char* property, std::size_t index) {
  return property + ("/" + std::to_string(index));
}

/// A rate of 0 is no limit, in v1 by itself.
CgroupWrite throttle(const ThrottleRow& row, const spec::ThrottleDevice& device, bool is_v2) {
  const std::string rate = std::to_string(device.rate);
  if (!is_v2) {
    return {.controller = "blkio",
            .file = row.v1_file,
            .value = device_of(device) + rate,
            .origin = {}};
  }
  return {.controller = "io",
          .file = "io.max",
          .value = device_of(device) + row.v2_word + "=" + (device.rate == 0 ? "max" : rate),
          .origin = {}};
}

void add_throttles(const ThrottleRow& row, ResourceWriter& writer) {
  const auto& devices = (*writer.resources().block_io).*row.list;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string property = element(row.property, i);
    const CgroupHierarchy* home = writer.find(property, "blkio", "io");
    if (home != nullptr) writer.add(property, throttle(row, devices[i], home->unified));
  }
}

/// Whether a device has this weight; engines send 0 for none.
bool has_weight(const std::string& property, const std::optional<std::uint16_t>& weight,
                ResourceWriter& writer) {
  if (weight.value_or(0) == 0) return false;
  if (*weight <= kMostWeight) return true;
  writer.problem(property,
                 std::to_string(*weight) + " is not from 1 to " + std::to_string(kMostWeight));
  return false;
}

void add_weight(const std::string& property, const spec::WeightDevice& device,
                ResourceWriter& writer) {
  if (!has_weight(property, device.weight, writer)) return;
  const CgroupHierarchy* home = writer.find(property, "blkio", "io");
  if (home == nullptr) return;
  const std::string name = device_of(device), value = name + std::to_string(*device.weight);
  if (!home->unified) {
    return writer.add(property, {.controller = "blkio",
                                 .file = "blkio.weight_device",
                                 .value = value,
                                 .origin = {},
                                 .other_file = "blkio.bfq.weight_device",
                                 .other_value = value});
  }
  writer.add(property, {.controller = "io",
                        .file = "io.bfq.weight",
                        .value = value,
                        .origin = {},
                        .other_file = "io.weight",
                        .other_value = name + std::to_string(io_weight_of(*device.weight))});
}

void add_leaf_weight(const std::string& property, const spec::WeightDevice& device,
                     ResourceWriter& writer) {
  if (!has_weight(property, device.leaf_weight, writer)) return;
  const CgroupHierarchy* home = writer.find(property, "blkio", "io");
  if (home == nullptr) return;
  if (home->unified) return writer.refuse(property, "cgroup v2 has no such setting");
  writer.add(property, {.controller = "blkio",
                        .file = "blkio.leaf_weight_device",
                        .value = device_of(device) + std::to_string(*device.leaf_weight),
                        .origin = {}});
}

// ---- unified --------------------------------------------------------------------------------

/// The controller of a file of v2: the part of its name before the first dot.
std::string controller_of(const std::string& file) { return file.substr(0, file.find('.')); }

bool is_in_unified(const std::string& controller, const CgroupLayout& layout) {
  const CgroupHierarchy* unified = layout.unified();
  return unified != nullptr && (controller == kCoreController || unified->has(controller));
}

}  // namespace

void add_cpuset(ResourceWriter& writer) {
  for (const CpusetRow& row : kCpusetRows) {
    const auto& list = (*writer.resources().cpu).*row.list;
    if (!list || list->empty()) continue;
    const std::string fault = fault_of_list(*list);
    if (!fault.empty()) {
      writer.problem(row.property, fault);
    } else if (writer.find(row.property, "cpuset", "cpuset") != nullptr) {
      writer.add(row.property,
                 {.controller = "cpuset", .file = row.file, .value = *list, .origin = {}});
    }
  }
}

void add_block_devices(ResourceWriter& writer) {
  const auto& devices = writer.resources().block_io->weight_device;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string property = element("blockIO/weightDevice", i);
    add_weight(property + "/weight", devices[i], writer);
    add_leaf_weight(property + "/leafWeight", devices[i], writer);
  }
  for (const ThrottleRow& row : kThrottleRows) add_throttles(row, writer);
}

void add_hugepages(ResourceWriter& writer) {
  const auto& limits = writer.resources().hugepage_limits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const std::string property = element("hugepageLimits", i);
    const CgroupHierarchy* home = writer.find(property, "hugetlb", "hugetlb");
    if (home == nullptr) continue;
    const std::string pages = "hugetlb." + limits[i].page_size;
    const char* word = home->unified ? "max" : "limit_in_bytes";
    const std::string value = std::to_string(limits[i].limit);
    // RS-HUG-2: what is reserved counts, where the kernel can count that.
    writer.add(property, {.controller = "hugetlb",
                          .file = pages + ".rsvd." + word,
                          .value = value,
                          .origin = {},
                          .other_file = pages + "." + word,
                          .other_value = value});
  }
}

void add_interface_priorities(ResourceWriter& writer) {
  const auto& priorities = writer.resources().network->priorities;
  for (std::size_t i = 0; i < priorities.size(); ++i) {
    const std::string property = element("network/priorities", i);
    if (writer.find(property, "net_prio", nullptr) == nullptr) continue;
    writer.add(property,
               {.controller = "net_prio",
                .file = "net_prio.ifpriomap",
                .value = priorities[i].name + " " + std::to_string(priorities[i].priority),
                .origin = {}});
  }
}

void add_rdma(ResourceWriter& writer) {
  for (const auto& [device, limits] : writer.resources().rdma) {
    const std::string property = "rdma/" + spec::pointer_token(device);
    if (writer.find(property, "rdma", "rdma") == nullptr) continue;
    std::string value = device;
    if (limits.hca_handles) value += " hca_handle=" + std::to_string(*limits.hca_handles);
    if (limits.hca_objects) value += " hca_object=" + std::to_string(*limits.hca_objects);
    writer.add(property, {.controller = "rdma", .file = "rdma.max", .value = value, .origin = {}});
  }
}

void add_unified(ResourceWriter& writer) {
  for (const auto& [file, value] : writer.resources().unified) {
    const std::string property = "unified/" + spec::pointer_token(file),
                      controller = controller_of(file);
    if (!is_in_unified(controller, writer.layout())) {
      writer.refuse(property, "there is no cgroup v2 with the '" + controller + "' controller");
      continue;
    }
    const auto lines = text::words<std::string>(value, '\n');
    if (lines.empty()) writer.problem(property, "has no text to write");
    for (const std::string& line : lines) {
      writer.add(property, {.controller = controller, .file = file, .value = line, .origin = {}});
    }
  }
}

}  // namespace berth::plan
