#include "runtime/cgroup/value_before.h"

#include <string_view>

#include "spec/text.h"

namespace berth::cgroup {

namespace {

/// A file with a line for each device.
struct LineFile {
  std::string_view file;
  std::string_view removal;  ///< what follows the device to remove its line
};

constexpr std::string_view kNoRate = " 0";
constexpr LineFile kLineFiles[] = {
    {"io.max", " rbps=max wbps=max riops=max wiops=max"},
    {"io.weight", " default"},
    {"io.bfq.weight", " default"},
    {"io.latency", " target=0"},
    {"rdma.max", " hca_handle=max hca_object=max"},
    {"misc.max", " max"},
    {"blkio.throttle.read_bps_device", kNoRate},
    {"blkio.throttle.write_bps_device", kNoRate},
    {"blkio.throttle.read_iops_device", kNoRate},
    {"blkio.throttle.write_iops_device", kNoRate},
    {"blkio.bfq.weight_device", " default"},
    {"blkio.weight_device", kNoRate},
    {"blkio.leaf_weight_device", kNoRate},
    {"net_prio.ifpriomap", kNoRate},
    {"schemata", ""},
};

const LineFile* find_line_file(const std::string& file) {
  for (const LineFile& one : kLineFiles) {
    if (one.file == file) return &one;
  }
  return nullptr;
}

/// The line that begins with this word; empty if there is none.
std::string line_of(std::string_view text, std::string_view first) {
  std::string found;
  text::for_each_word(text, '\n', [&](std::string_view line) {
    line = text::trimmed(line);
    if (line.starts_with(first)) found = line;
  });
  return found;
}

}  // namespace

std::string value_before(const std::string& file, const std::string& text,
                         const std::string& value) {
  const LineFile* lines = find_line_file(file);
  const bool is_schema = file == "schemata";
  const std::size_t end = value.find(is_schema ? ':' : ' ');
  if (lines != nullptr && end != value.npos) {
    const std::string device = value.substr(0, end);
    const std::string line = line_of(text, device + (is_schema ? ":" : " "));
    const std::string before = line.empty() ? device + std::string(lines->removal) : line;
    return is_schema ? before + "\n" : before;  // resctrl takes no line without its end
  }
  // The files of weights have a line for all devices, and this one has counts below its value.
  if (lines != nullptr && text.find("default ") != text.npos) return line_of(text, "default ");
  if (file == "memory.oom_control") return line_of(text, "oom_kill_disable ").substr(17);
  const std::string_view whole = text::trimmed(text);
  return whole.empty() ? "\n" : std::string(whole);  // a write of no bytes would be no write
}

}  // namespace berth::cgroup
