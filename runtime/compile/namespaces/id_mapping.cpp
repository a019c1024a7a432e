#include "runtime/compile/namespaces/id_mapping.h"

#include <algorithm>

#include "spec/text.h"

namespace berth::plan {

namespace {

using Mappings = std::vector<spec::IdMapping>;

struct Range {
  std::uint64_t first, size;

  std::uint64_t end() const { return first + size; }
  bool overlaps(const Range& other) const { return first < other.end() && other.first < end(); }
  std::string text() const { return std::to_string(first) + " to " + std::to_string(end() - 1); }
};

Range container_ids(const spec::IdMapping& mapping) { return {mapping.container_id, mapping.size}; }
Range host_ids(const spec::IdMapping& mapping) { return {mapping.host_id, mapping.size}; }

/// The overlap of one mapping with an earlier one; empty if there is none.
std::string overlap(const Mappings& mappings, std::size_t index, const char* name,
                    Range (*ids)(const spec::IdMapping&)) {
  const Range range = ids(mappings[index]);
  for (std::size_t earlier = 0; earlier < index; ++earlier) {
    const Range other = ids(mappings[earlier]);
    if (!range.overlaps(other)) continue;
    return std::string(name) + " " + range.text() + " overlaps " + other.text() + " of mapping " +
           std::to_string(earlier);
  }
  return {};
}

/// What is wrong with one mapping; empty if nothing is.
std::string fault_at(const Mappings& mappings, std::size_t index) {
  constexpr std::uint64_t kIds = UINT32_MAX;  // the last id stands for no id
  const spec::IdMapping& mapping = mappings[index];
  if (std::max(container_ids(mapping).end(), host_ids(mapping).end()) > kIds) {
    return "goes beyond the last id, " + std::to_string(kIds - 1);
  }
  std::string fault = overlap(mappings, index, "containerID", container_ids);
  return fault.empty() ? overlap(mappings, index, "hostID", host_ids) : fault;
}

/// FROM-TO-SIZE
bool read_triplet(std::string_view text, spec::IdMapping& mapping) {
  const std::string_view from = text::take(text, '-'), to = text::take(text, '-');
  return text::read_number(from, mapping.container_id) && text::read_number(to, mapping.host_id) &&
         text::read_number(text, mapping.size);
}

/// Appends the parts of `relative`, whose TO is an id of the container, with the host's ids
/// instead. False if the container does not have all of these ids.
bool add_relative(const spec::IdMapping& relative, const Mappings& container, Mappings& mappings) {
  const std::uint64_t first = relative.host_id, end = first + relative.size;
  std::uint64_t found = 0;
  for (const spec::IdMapping& range : container) {
    const std::uint64_t low = std::max<std::uint64_t>(first, range.container_id);
    const std::uint64_t high = std::min(end, std::uint64_t{range.container_id} + range.size);
    if (low >= high) continue;
    mappings.push_back(
        {.container_id = static_cast<std::uint32_t>(relative.container_id + (low - first)),
         .host_id = static_cast<std::uint32_t>(range.host_id + (low - range.container_id)),
         .size = static_cast<std::uint32_t>(high - low)});
    found += high - low;
  }
  return found == relative.size;
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string parse_list(std::string_view list, const Mappings& container, Mappings& mappings) {
  while (!list.empty()) {
    std::string_view text = text::take(list, '#');
    const std::string_view whole = text;
    const bool is_relative = text.starts_with('@');
    if (is_relative) text.remove_prefix(1);
    spec::IdMapping mapping;
    if (!read_triplet(text, mapping) || mapping.size == 0) {
      return quoted(whole) + " is not a mapping FROM-TO-SIZE";
    }
    if (!is_relative) {
      mappings.push_back(mapping);
    } else if (!add_relative(mapping, container, mappings)) {
      return quoted(whole) + " has ids that are not in the container's own mappings";
    }
  }
  Problems problems;
  check_id_map(mappings, "", problems);
  if (problems.empty()) return {};
  const Problem& first = problems.list().front();
  return first.pointer.empty() ? first.message
                               : "mapping " + first.pointer.substr(1) + ": " + first.message;
}

}  // namespace

std::optional<std::uint32_t> host_id(const Mappings& mappings, std::uint32_t id) {
  for (const spec::IdMapping& mapping : mappings) {
    if (id < mapping.container_id || id - mapping.container_id >= mapping.size) continue;
    return mapping.host_id + (id - mapping.container_id);
  }
  return std::nullopt;
}

std::string id_map_lines(const Mappings& mappings) {
  std::string lines;
  for (const spec::IdMapping& mapping : mappings) {
    lines += std::to_string(mapping.container_id) + " " + std::to_string(mapping.host_id) + " " +
             std::to_string(mapping.size) + "\n";
  }
  return lines;
}

void check_id_map(const Mappings& mappings, const std::string& pointer, Problems& problems) {
  constexpr std::size_t kMostRanges = 340, kMostBytes = 4095;  // UID_GID_MAP_MAX_EXTENTS, a page
  if (mappings.size() > kMostRanges || id_map_lines(mappings).size() > kMostBytes) {
    problems.add(pointer, "has " + std::to_string(mappings.size()) +
                              " mappings; the kernel takes at most 340, and 4095 bytes for all");
    return;
  }
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const std::string fault = fault_at(mappings, i);
    if (!fault.empty()) problems.add(pointer + "/" + std::to_string(i), fault);
  }
}

std::string parse_id_maps(std::string_view text, const IdMaps& container, IdMaps& maps) {
  while (!text.empty()) {
    const std::string_view part = text::take(text, ';');
    const bool is_uids = part.starts_with("uids="), is_gids = part.starts_with("gids=");
    if (!is_uids && !is_gids) return quoted(part) + " is neither uids=… nor gids=…";
    std::string fault = parse_list(part.substr(5), is_uids ? container.uids : container.gids,
                                   is_uids ? maps.uids : maps.gids);
    if (!fault.empty()) return fault;
  }
  if (maps.uids.empty() || maps.gids.empty()) return "needs both, uids=… and gids=…";
  return {};
}

}  // namespace berth::plan
