// One call of berth: what all verbs share, as far as it is understood.
#pragma once

#include <optional>
#include <string>

#include "runtime/cli/log.h"
#include "runtime/container/site.h"

namespace berth::cli {

struct Verb;

struct Call {
  const Verb* verb = nullptr;  ///< null until one is known
  std::string id;              ///< of the container; empty: the verb takes none
  Log log;
  container::Site site;          ///< its root is as it was typed until perform() makes it absolute
  std::optional<bool> rootless;  ///< --rootless before the verb; nothing: auto
  std::string text;              ///< --help, --version: print this and do nothing else
};

/// `what` as a person reads it, line by line: `berth: create 'web1': …`, `berth: warning: list: …`.
/// No byte that could steer a terminal or begin a line of its own is left as it was.
std::string message(const Call& call, Level level, const std::string& what);

}  // namespace berth::cli
