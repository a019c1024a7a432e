// config.json, named and ordered as in the OCI runtime specification 1.3.0 (config.md,
// config-linux.md): a file for each chapter, and for each object
// - the words that the kernel has numbers for, as a table, which the compiler and `features` use as
//   well;
// - the struct. An absent property is an empty optional or container. The structs make no
//   decisions, and sections for other platforms are dropped;
// - describe(): the JSON name, field and rule of every property. Reading, writing, the schema and
//   every other walk over a config use it; spec/json/visitor.h explains the notation. The rules
//   concern the form of a document and need no knowledge of the host.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/config/forms.h"
#include "spec/config/hooks.h"
#include "spec/config/linux.h"
#include "spec/config/mounts.h"
#include "spec/config/process.h"
#include "spec/config/strings.h"

namespace berth::spec {

struct Config {
  std::string oci_version;
  std::optional<Root> root;
  std::vector<Mount> mounts;
  std::optional<Process> process;
  std::string hostname;
  std::string domainname;
  Hooks hooks;
  StringMap annotations;
  Linux linux;
};

void describe(auto& v, Config& config) {
  v.required("ociVersion", config.oci_version, kVersion1);
  v.optional("process", config.process);
  v.required("root", config.root);
  v.optional("hostname", config.hostname, kHostName);
  v.optional("domainname", config.domainname, kHostName);
  v.optional("mounts", config.mounts);
  v.optional("hooks", config.hooks);
  v.optional("annotations", config.annotations, kNotEmpty);
  v.optional("linux", config.linux);
}

}  // namespace berth::spec
