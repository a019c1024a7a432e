// Which process an exec makes: the container's own as create has kept it, with what the command
// line or a file says instead.
#pragma once

#include <optional>
#include <string>

#include "spec/config/config.h"

namespace berth::exec {

/// Empty texts and lists were not given.
struct ExecProcess {
  std::string file = {};    ///< a JSON document with a `process`; nothing else is given then
  spec::Strings args = {};  ///< if not given, those of the container
  spec::Strings env = {};   ///< in addition to the container's
  std::string cwd = {};
  std::string user = {};  ///< UID[:GID]
  spec::Strings additional_gids = {};
  spec::Strings capabilities = {};  ///< in addition to the container's
  std::string apparmor_profile = {};
  std::string selinux_label = {};
  bool no_new_privileges = false;
  bool terminal = false;
};

/// Throws a Config error that names the flag, or the file and the place in it. What the file leaves
/// out of capabilities, labels, limits and policies is as in the container.
spec::Process process_of(const ExecProcess& asked, const std::optional<spec::Process>& own);

/// Where the caller finds what `pointer` names, which is a place in the container's config.json:
/// the file and the place in it, a flag, or nothing for the command itself; otherwise the pointer.
std::string origin_of(const ExecProcess& asked, const std::string& pointer);

}  // namespace berth::exec
