#include "runtime/plan/compile_process.h"

namespace berth::plan {

namespace {

/// A property by its pointer, and whether a config asks for something with it. `execCPUAffinity` is
/// not here: it is about exec alone, and create leaves it alone.
struct Property {
  const char* pointer;
  bool (*is_asked_for)(const spec::Process& process, const spec::Linux& linux);
};

using spec::Linux;
using spec::Process;

constexpr Property kUnsupported[] = {
    {"/process/apparmorProfile",
     [](const Process& process, const Linux&) {
       return process.apparmor_profile.value_or("") != "";
     }},
    {"/process/selinuxLabel",
     [](const Process& process, const Linux&) { return process.selinux_label.value_or("") != ""; }},
    {"/process/scheduler",
     [](const Process& process, const Linux&) { return process.scheduler.has_value(); }},
    {"/process/ioPriority",
     [](const Process& process, const Linux&) { return process.io_priority.has_value(); }},
    {"/linux/seccomp",
     [](const Process&, const Linux& linux) { return linux.seccomp.has_value(); }},
    {"/linux/intelRdt",
     [](const Process&, const Linux& linux) { return linux.intel_rdt.has_value(); }},
    {"/linux/memoryPolicy",
     [](const Process&, const Linux& linux) { return linux.memory_policy.has_value(); }},
    {"/linux/netDevices",
     [](const Process&, const Linux& linux) { return !linux.net_devices.empty(); }},
    {"/linux/personality",
     [](const Process&, const Linux& linux) { return linux.personality.has_value(); }},
    {"/linux/mountLabel",
     [](const Process&, const Linux& linux) { return !linux.mount_label.empty(); }},
};

}  // namespace

void refuse_unsupported(const spec::Config& config, Builder& builder) {
  const Process process = config.process.value_or(Process{});
  for (const Property& property : kUnsupported) {
    if (!property.is_asked_for(process, config.linux)) continue;
    const std::string pointer = property.pointer;
    builder.not_supported(pointer, "'" + pointer.substr(pointer.rfind('/') + 1) + "'");
  }
}

}  // namespace berth::plan
