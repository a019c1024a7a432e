// Id mappings as mounts have them: arrays of config.json, or the value of the option words `idmap=`
// and `ridmap=` that crun(1) defines and podman uses. Values in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::plan {

struct IdMaps {
  std::vector<spec::IdMapping> uids;
  std::vector<spec::IdMapping> gids;

  bool empty() const { return uids.empty() && gids.empty(); }
};

/// The host's id for an id of the container, if it is mapped.
std::optional<std::uint32_t> host_id(const std::vector<spec::IdMapping>& mappings,
                                     std::uint32_t id);

/// The text for uid_map or gid_map of a process, with a line for each mapping. user_namespaces(7)
std::string id_map_lines(const std::vector<spec::IdMapping>& mappings);

/// Reports what the kernel would refuse: ids that do not exist, overlaps, too many lines. `pointer`
/// is the pointer of the array.
void check_id_map(const std::vector<spec::IdMapping>& mappings, const std::string& pointer,
                  Problems& problems);

/// Reads `uids=FROM-TO-SIZE#FROM-TO-SIZE…;gids=…` into `maps`. FROM is an id of the file system, TO
/// the host's; after an `@` TO is an id of the container, whose own mappings are `container`.
/// Returns what is wrong, or an empty text.
std::string parse_id_maps(std::string_view text, const IdMaps& container, IdMaps& maps);

}  // namespace berth::plan
