#include "runtime/compile/process/capabilities.h"

#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/linux/security/privileges.h"

namespace berth::plan {

namespace {

/// A capability set of the config.
struct Set {
  const char* name;
  const spec::Strings& names;
};

/// The mask of those names that are within `limit`. There is a warning for each unknown name, and
/// one for all names beyond the limit. PR-CAP-2
std::uint64_t mask_of(const Set& set, std::uint64_t limit, const char* why, Builder& builder) {
  const std::string pointer = std::string("/process/capabilities/") + set.name;
  std::uint64_t mask = 0;
  std::string beyond;
  for (std::size_t i = 0; i < set.names.size(); ++i) {
    const std::string name = "'" + set.names[i] + "'";
    const auto number = sys::capability_number(set.names[i]);
    if (!number || *number > builder.host.last_capability) {
      builder.warn(pointer + "/" + std::to_string(i),
                   name + " is left out: the kernel does not know it");
    } else if ((limit & capability_bit(*number)) == 0) {
      beyond += (beyond.empty() ? "" : ", ") + name;
    } else {
      mask |= capability_bit(*number);
    }
  }
  if (!beyond.empty()) builder.warn(pointer, "left out, as " + std::string(why) + ": " + beyond);
  return mask;
}

}  // namespace

std::uint64_t grantable_capabilities(const spec::Config& config, const Host& host) {
  return has_own_namespace(config, "user") ? capability_bit(host.last_capability + 1) - 1
                                           : host.bounding_set;
}

CapabilityMasks compile_capabilities(const spec::Config& config, Builder& builder) {
  CapabilityMasks masks;
  if (!config.process || !config.process->capabilities) return masks;
  const spec::Capabilities& sets = *config.process->capabilities;
  const std::uint64_t limit = grantable_capabilities(config, builder.host);
  constexpr char kNotGrantable[] = "they cannot be granted here";
  masks.bounding = mask_of({"bounding", sets.bounding}, limit, kNotGrantable, builder);
  masks.permitted = mask_of({"permitted", sets.permitted}, limit, kNotGrantable, builder);
  // The kernel would refuse the whole set. capabilities(7), "Programmatically adjusting"
  masks.inheritable = mask_of({"inheritable", sets.inheritable}, masks.bounding,
                              "they are not in the bounding set", builder);
  masks.effective = mask_of({"effective", sets.effective}, masks.permitted,
                            "they are not in the permitted set", builder);
  masks.ambient = mask_of({"ambient", sets.ambient}, masks.permitted & masks.inheritable,
                          "they are not in the permitted and the inheritable set", builder);
  return masks;
}

}  // namespace berth::plan
