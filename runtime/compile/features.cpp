#include "runtime/compile/features.h"

#include "runtime/compile/annotations.h"
#include "runtime/compile/files/mount_options.h"
#include "runtime/compile/seccomp/seccomp.h"
#include "runtime/linux/security/privileges.h"
#include "spec/config/config.h"

namespace berth::plan {

namespace {

/// The architectures for which this build can make filters.
spec::Strings seccomp_architectures() {
  spec::Strings names = spec::kSeccompArchitectures.list();
  std::erase_if(names, [](const auto& name) { return !architecture_fault(name).empty(); });
  return names;
}

/// Without libsystemd there is no berth-systemd.
#ifdef BERTH_HAS_SYSTEMD
constexpr bool kHasSystemd = true;
#else
constexpr bool kHasSystemd = false;
#endif

}  // namespace

spec::Features features() {
  spec::Features features = spec::features_of_every_build();
  features.mount_options = known_mount_options();
  features.annotations = spec::StringMap{{"berth.version", BERTH_VERSION}};
  features.potentially_unsafe_config_annotations = effective_annotations();
  features.linux->capabilities = sys::capability_names();
  features.linux->cgroup->systemd = features.linux->cgroup->systemd_user = kHasSystemd;
  features.linux->seccomp->architectures = seccomp_architectures();
  return features;
}

}  // namespace berth::plan
