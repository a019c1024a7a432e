#include "runtime/compile/cgroup/resource_writer.h"

#include <utility>

namespace berth::plan {

namespace {

constexpr char kPrefix[] = "/linux/resources/";

std::string range_of(const ResourceRow& row) {
  if (row.lowest == -1) return " is neither -1 (no limit) nor a limit";
  return " is not from " + std::to_string(row.lowest) + " to " + std::to_string(row.highest);
}

}  // namespace

void ResourceWriter::add(const ResourceRow& row) {
  const std::optional<std::int64_t> value = row.value(asked_.resources);
  if (!value || (*value == 0 && row.zero == Zero::Unset)) return;
  if (has_fault(row, *value)) return;
  const bool is_initial = value == row.initial;
  const CgroupHierarchy* home = is_initial
                                    ? find_if_any(row.v1.controller, row.v2.controller)
                                    : find(row.property, row.v1.controller, row.v2.controller);
  if (home == nullptr) return;
  const ResourceFile& place = home->unified ? row.v2 : row.v1;
  if (place.file == nullptr && is_initial) return;
  if (place.file == nullptr) {
    return refuse(row.property, row.lack != nullptr ? row.lack : "cgroup v2 has no such setting");
  }
  std::string text = place.text(*value, asked_);
  if (text.empty()) return;
  const bool has_other = place.other_file != nullptr;
  add(row.property, {.controller = place.controller,
                     .file = place.file,
                     .value = std::move(text),
                     .origin = {},
                     .other_file = has_other ? place.other_file : "",
                     .other_value = has_other ? place.other_text(*value, asked_) : "",
                     .is_default = is_initial || row.is_default});
}

void ResourceWriter::add(const std::string& property, CgroupWrite write) {
  write.origin = kPrefix + property;
  writes_.push_back(std::move(write));
}

const CgroupHierarchy* ResourceWriter::find_if_any(const char* v1, const char* v2) const {
  const auto find_in = [&](bool unified, const char* controller) -> const CgroupHierarchy* {
    const CgroupHierarchy* home = controller == nullptr ? nullptr : layout_.find(controller);
    return home != nullptr && home->unified == unified ? home : nullptr;
  };
  const CgroupHierarchy* home = find_in(false, v1);
  return home != nullptr ? home : find_in(true, v2);
}

const CgroupHierarchy* ResourceWriter::find(const std::string& property, const char* v1,
                                            const char* v2) {
  if (const CgroupHierarchy* home = find_if_any(v1, v2)) return home;
  const bool is_v2 = layout_.mode == CgroupLayout::Mode::V2 && v2 != nullptr;
  refuse(property, lack_of(is_v2 ? v2 : v1));
  return nullptr;
}

void ResourceWriter::problem(const std::string& property, std::string message, ErrorKind kind) {
  problems_.add(kPrefix + property, std::move(message), kind);
}

std::string ResourceWriter::lack_of(const std::string& controller) const {
  if (layout_.is_disabled) return "needs a cgroup, and --cgroup-manager disabled asks for none";
  if (!asked_.standing.is_new) {
    return "the container's cgroup does not have the '" + controller + "' controller";
  }
  if (layout_.is_delegated) {
    return "the '" + controller + "' controller is not delegated to the caller";
  }
  return "no cgroup hierarchy that is mounted here has the '" + controller + "' controller";
}

bool ResourceWriter::has_fault(const ResourceRow& row, std::int64_t value) {
  std::string fault;
  if (value < row.lowest || value > row.highest) {
    fault = std::to_string(value) + range_of(row);
  } else if (row.fault != nullptr) {
    fault = row.fault(asked_);
  }
  if (!fault.empty()) problem(row.property, fault);
  return !fault.empty();
}

}  // namespace berth::plan
