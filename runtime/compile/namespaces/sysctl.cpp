#include "runtime/compile/namespaces/sysctl.h"

#include <algorithm>
#include <iterator>

#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/process/labels.h"
#include "spec/config/namespaces.h"
#include "spec/pointer.h"
#include "spec/text.h"

namespace berth::plan {

namespace {

constexpr char kHostname[] = "kernel/hostname";
constexpr char kDomainname[] = "kernel/domainname";

/// A parameter that each namespace of the type has for itself, or all below a directory (with / at
/// the end).
struct Namespaced {
  std::string_view path;
  std::string_view type;
};

constexpr Namespaced kNamespaced[] = {
    {"net/", "network"},
    {"user/", "user"},
    {kHostname, "uts"},
    {kDomainname, "uts"},
    {"fs/mqueue/", "ipc"},
    {"kernel/msgmax", "ipc"},
    {"kernel/msgmnb", "ipc"},
    {"kernel/msgmni", "ipc"},
    {"kernel/msg_next_id", "ipc"},
    {"kernel/sem", "ipc"},
    {"kernel/sem_next_id", "ipc"},
    {"kernel/shmall", "ipc"},
    {"kernel/shmmax", "ipc"},
    {"kernel/shmmni", "ipc"},
    {"kernel/shm_next_id", "ipc"},
    {"kernel/shm_rmid_forced", "ipc"},
};

/// The path below /proc/sys of a key in either spelling of sysctl(8). The separator that comes
/// first is the one between names; the other one is a dot within a name
/// (`net.ipv4.conf.eth0/1.mtu`).
std::string path_of(std::string key) {
  const std::size_t first = key.find_first_of("./");
  if (first != std::string::npos && key[first] == '.') {
    for (char& c : key) c = c == '.' ? '/' : c == '/' ? '.' : c;
  }
  return key;
}

/// Whether the path has only plain names, so that it cannot lead out of /proc/sys.
bool is_clean(const std::string& path) {
  const auto is_allowed = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/';
  };
  if (!std::ranges::all_of(path, is_allowed)) return false;
  const auto names = text::split(path, '/');
  return std::ranges::none_of(
      names, [](std::string_view name) { return name.empty() || name == "." || name == ".."; });
}

std::string contradiction(const std::string& value, const std::string& name, const char* pointer) {
  if (name.empty() || name == value) return {};
  return "is '" + name + "' by " + pointer + ", not '" + value + "'";
}

/// The row of a parameter; null if the parameter belongs to the whole host.
const Namespaced* row_of(const std::string& path) {
  const auto* row = std::ranges::find_if(kNamespaced, [&](const Namespaced& one) {
    return one.path.back() == '/' ? path.compare(0, one.path.size(), one.path) == 0
                                  : path == one.path;
  });
  return row == std::end(kNamespaced) ? nullptr : row;
}

/// Why the parameter cannot be set; empty if it can.
std::string fault_of(const std::string& path, const std::string& value,
                     const spec::Config& config) {
  if (!is_clean(path)) return "is not the name of a kernel parameter";
  const Namespaced* row = row_of(path);
  if (row == nullptr) return "is not namespaced: it would change the whole host";
  if (!has_own_namespace(config, row->type)) {
    return "needs an entry '" + std::string(row->type) + "' in /linux/namespaces";
  }
  if (path == kHostname) return contradiction(value, config.hostname, "/hostname");
  if (path == kDomainname) return contradiction(value, config.domainname, "/domainname");
  return {};
}

void refuse_without_namespace(const char* pointer, const spec::Config& config, Builder& builder) {
  if (has_own_namespace(config, "uts")) return;
  builder.problems.add(pointer, "needs an entry 'uts' in /linux/namespaces");
}

/// A namespace that is joined may be berth's own.
void check_namespace(std::string_view type, const std::string& pointer, const spec::Config& config,
                     const Slots& namespaces, Builder& builder) {
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    const spec::Namespace& space = config.linux.namespaces[i];
    if (namespaces[i] == kNoSlot || space.type != type) continue;
    builder.add(CheckNamespace{.path = builder.text(space.path),
                               .type = {spec::kNamespaceTypes.value_of(type)},
                               .space = namespaces[i]},
                pointer);
  }
}

}  // namespace

void compile_namespace_checks(const spec::Config& config, const Slots& namespaces,
                              Builder& builder) {
  for (const auto& [key, value] : config.linux.sysctl) {
    const Namespaced* row = row_of(path_of(key));
    if (row == nullptr) continue;  // compile_sysctl reports it
    check_namespace(row->type, "/linux/sysctl/" + spec::pointer_token(key), config, namespaces,
                    builder);
  }
  if (!config.hostname.empty()) {
    check_namespace("uts", "/hostname", config, namespaces, builder);
  }
  if (!config.domainname.empty()) {
    check_namespace("uts", "/domainname", config, namespaces, builder);
  }
}

bool writes_to_proc(const spec::Config& config, const Host& host) {
  return !config.linux.sysctl.empty() || has_labels(config, host);
}

void compile_sysctl(const spec::Config& config, Builder& builder) {
  for (const auto& [key, value] : config.linux.sysctl) {
    const std::string pointer = "/linux/sysctl/" + spec::pointer_token(key);
    const std::string path = path_of(key);
    const std::string fault = fault_of(path, value, config);
    if (!fault.empty()) builder.problems.add(pointer, fault);
    builder.add(WriteSysctl{.path = builder.text(path), .value = builder.text(value)}, pointer);
  }
}

void compile_names(const spec::Config& config, Builder& builder) {
  if (!config.hostname.empty()) {
    refuse_without_namespace("/hostname", config, builder);
    builder.add(SetHostname{.name = builder.text(config.hostname)}, "/hostname");
  }
  if (!config.domainname.empty()) {
    refuse_without_namespace("/domainname", config, builder);
    builder.add(SetDomainname{.name = builder.text(config.domainname)}, "/domainname");
  }
}

}  // namespace berth::plan
