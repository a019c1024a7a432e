// One call of berth: what all verbs share, as far as it was parsed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/cli/log.h"
#include "runtime/container/context.h"

namespace berth::cli {

struct Verb;

struct Call {
  const Verb* verb = nullptr;  ///< null until the verb is known
  std::string id;              ///< the container's id; empty if the verb takes none
  Log log;
  container::Context context;     ///< its root is as typed until perform() makes it absolute
  std::optional<bool> rootless;   ///< --rootless before the verb; nothing means auto
  bool no_cgroups = false;        ///< --cgroup-manager disabled
  std::string_view systemd_flag;  ///< the flag that asks for cgroups of systemd; empty: none does
  std::string text;               ///< --help, --version: print this and do nothing else
};

/// Formats `what` for people, line by line: `berth: create 'web1': …`, `berth: warning: list: …`.
/// Bytes that could control a terminal or begin a new line are escaped.
std::string message(const Call& call, Level level, const std::string& what);

}  // namespace berth::cli
