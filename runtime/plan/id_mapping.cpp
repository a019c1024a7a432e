#include "runtime/plan/id_mapping.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace berth::plan {

namespace {

using Mappings = std::vector<spec::IdMapping>;

constexpr std::size_t kMaxLines = 340;  // user_namespaces(7)
// The last id stands for none.
constexpr std::uint64_t kIds = std::numeric_limits<std::uint32_t>::max();

bool overlaps(std::uint64_t first, std::uint64_t first_size, std::uint64_t second,
              std::uint64_t second_size) {
  return first < second + second_size && second < first + first_size;
}

/// Cuts `text` before the separator and returns what was there; the rest stays.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool read_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// FROM-TO-SIZE
bool read_triplet(std::string_view text, spec::IdMapping& mapping) {
  const std::string_view from = cut(text, '-'), to = cut(text, '-');
  return read_number(from, mapping.container_id) && read_number(to, mapping.host_id) &&
         read_number(text, mapping.size);
}

/// Appends the parts of `relative`, whose TO is an id of the container, as the host has them. False
/// when the container has not all of these ids.
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
    std::string_view text = cut(list, '#');
    const std::string_view whole = text;
    const bool is_relative = text.starts_with('@');
    if (is_relative) text.remove_prefix(1);
    spec::IdMapping mapping;
    if (!read_triplet(text, mapping) || mapping.size == 0) {
      return quoted(whole) + " is no mapping FROM-TO-SIZE";
    }
    if (!is_relative) {
      mappings.push_back(mapping);
    } else if (!add_relative(mapping, container, mappings)) {
      return quoted(whole) + " has ids that the container's own mappings have not";
    }
  }
  return fault_of_id_map(mappings);
}

}  // namespace

std::string id_map_lines(const Mappings& mappings) {
  std::string lines;
  for (const spec::IdMapping& mapping : mappings) {
    lines += std::to_string(mapping.container_id) + " " + std::to_string(mapping.host_id) + " " +
             std::to_string(mapping.size) + "\n";
  }
  return lines;
}

std::string fault_of_id_map(const Mappings& mappings) {
  if (mappings.size() > kMaxLines) {
    return "has " + std::to_string(mappings.size()) + " mappings, the kernel takes at most " +
           std::to_string(kMaxLines);
  }
  for (auto one = mappings.begin(); one != mappings.end(); ++one) {
    if (std::max<std::uint64_t>(one->container_id, one->host_id) + one->size > kIds) {
      return "has a mapping beyond the id " + std::to_string(kIds - 1);
    }
    const bool clashes = std::any_of(mappings.begin(), one, [&](const spec::IdMapping& other) {
      return overlaps(one->container_id, one->size, other.container_id, other.size) ||
             overlaps(one->host_id, one->size, other.host_id, other.size);
    });
    if (clashes) return "has mappings that overlap";
  }
  return {};
}

std::string parse_id_maps(std::string_view text, const IdMaps& container, IdMaps& maps) {
  while (!text.empty()) {
    const std::string_view part = cut(text, ';');
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
