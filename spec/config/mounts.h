// The root file system and the mounts: config.md. See config.h.
#pragma once

#include <string>
#include <vector>

#include "spec/config/forms.h"
#include "spec/config/id_mapping.h"
#include "spec/config/strings.h"
#include "spec/json/rules.h"

namespace berth::spec {

struct Root {
  std::string path;
  bool readonly = false;
};

void describe(auto& v, Root& root) {
  v.required("path", root.path, kNotEmpty);
  v.optional("readonly", root.readonly);
}

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  Strings options;
  std::vector<IdMapping> uid_mappings = {};
  std::vector<IdMapping> gid_mappings = {};
};

inline constexpr Clause kUidMappingsToo{
    R"("if": {"required": ["gidMappings"], "properties": {"gidMappings": {"minItems": 1}}}, )"
    R"("then": {"required": ["uidMappings"], "properties": {"uidMappings": {"minItems": 1}}})"};
inline constexpr Clause kGidMappingsToo{
    R"("if": {"required": ["uidMappings"], "properties": {"uidMappings": {"minItems": 1}}}, )"
    R"("then": {"required": ["gidMappings"], "properties": {"gidMappings": {"minItems": 1}}})"};

void describe(auto& v, Mount& mount) {
  v.required("destination", mount.destination, kNotEmpty);
  v.optional("type", mount.type);
  v.optional("source", mount.source);
  v.optional("options", mount.options);
  v.optional("uidMappings", mount.uid_mappings);
  v.optional("gidMappings", mount.gid_mappings);
  // MT-7
  v.check("uidMappings", "gidMappings", !mount.uid_mappings.empty() || mount.gid_mappings.empty(),
          "an array, as there are 'gidMappings'", kUidMappingsToo);
  v.check("gidMappings", "uidMappings", !mount.gid_mappings.empty() || mount.uid_mappings.empty(),
          "an array, as there are 'uidMappings'", kGidMappingsToo);
}

}  // namespace berth::spec
