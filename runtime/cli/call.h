// One call of berth, understood but not yet carried out.
#pragma once

#include <string>

#include "runtime/cli/log.h"
#include "runtime/container/container.h"

namespace berth::cli {

enum class Verb {
  None,
  Create,
  Start,
  State,
  Kill,
  Delete,
  Run,
  List,
  Spec,
  Plan,
  Validate,
  Features
};

/// Paths are as they were typed until perform() makes them absolute; empty: not given.
struct Call {
  Verb verb = Verb::None;
  Log log;
  container::Site site;
  container::RunOptions run;    ///< `run.create.id` is the ID of every verb that takes one
  std::string signal = "TERM";  ///< kill
  bool all = false;             ///< kill
  bool force = false;           ///< delete
  bool quiet = false;           ///< list
  bool rootless = false;        ///< spec
  bool prints_schema = false;   ///< spec
  bool json = false;            ///< list, plan: --format json; validate: --json
  bool strict = false;          ///< validate
  std::string schema;           ///< validate
  std::string path;             ///< validate: a config.json by any name, or a bundle
  std::string text;             ///< --help, --version: print this and do nothing else

  const std::string& id() const { return run.create.id; }
};

/// `what` as a person reads it, line by line: `berth: create 'web1': …`, `berth: warning: list: …`.
/// No byte that could steer a terminal or begin a line of its own is left as it was.
std::string message(const Call& call, Level level, const std::string& what);

}  // namespace berth::cli
