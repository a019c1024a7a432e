// The ids of a user namespace, and of a mount whose ids are mapped: config-linux.md. See config.h.
#pragma once

#include <cstdint>

#include "spec/config/forms.h"
#include "spec/json/rules.h"

namespace berth::spec {

struct IdMapping {
  std::uint32_t container_id = 0;
  std::uint32_t host_id = 0;
  std::uint32_t size = 0;
};

inline bool are_ids(std::uint32_t first, std::uint32_t size) {
  return std::uint64_t{first} + size <= std::uint64_t{kLastId} + 1;
}

void describe(auto& v, IdMapping& mapping) {
  constexpr char kWithinIds[] = "at most as many as there are up to the last id, 4294967294";
  v.required("containerID", mapping.container_id, kId);
  v.required("hostID", mapping.host_id, kId);
  v.required("size", mapping.size, Range{1, UINT32_MAX});
  v.check("size", "containerID", are_ids(mapping.container_id, mapping.size), kWithinIds);
  v.check("size", "hostID", are_ids(mapping.host_id, mapping.size), kWithinIds);
}

}  // namespace berth::spec
