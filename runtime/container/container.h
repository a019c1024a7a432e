// What the verbs do to a container. Each function is one verb's whole effect: it throws Error with
// the container untouched, or has done it. Nothing here parses arguments or prints.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "spec/state.h"

namespace berth::container {

/// Where containers are kept and where what happens is reported to.
struct Site {
  std::string root;        ///< state root, absolute
  std::string trace_file;  ///< Chrome trace of this call; empty: none
  // Filled by the verbs, which go on.
  std::vector<std::string> failures;  ///< what failed beside what was asked for
  std::vector<std::string> remarks;   ///< of the compiler, about the config
};

struct CreateOptions {
  std::string id;
  std::string bundle;  ///< absolute
  std::string console_socket;
  std::string pid_file;
  bool no_pivot = false;
  bool no_new_keyring = false;
  std::optional<bool> rootless = {};  ///< nothing: as we are; see plan::read_host
  std::uint32_t preserved_fds = 0;    ///< beyond those of LISTEN_FDS, which are added here
};

/// create. RT-CREATE-*
void create(Site& site, const CreateOptions& options);

/// start: returns when the program runs and the poststart hooks have. RT-START-*
void start(Site& site, const std::string& id);

/// The state document, status derived from the kernel. RT-STATE-*
spec::State state(Site& site, const std::string& id);

/// Sends the signal to the container process, or with `all` to every process of the container.
/// RT-KILL-*
void kill(Site& site, const std::string& id, int signal, bool all);

/// Removes a stopped (or created) container; with `force` one in any state, half-made ones and
/// unknown ids included. RT-DEL-*
void remove(Site& site, const std::string& id, bool force);

/// The state document of every container; one that cannot be read is a failure.
std::vector<spec::State> list(Site& site);

struct RunOptions {
  CreateOptions create;
  bool detach = false;
  bool keep = false;  ///< foreground: do not delete it afterwards
  bool no_subreaper = false;
};
/// create and start; in the foreground also: wait, relay terminal and signals, delete. Returns the
/// program's exit code (128 + signal), 0 when detached.
int run(Site& site, const RunOptions& options);

/// The Plan that create would carry out, as text or JSON. Changes nothing.
std::string plan(Site& site, const CreateOptions& options, bool json);

}  // namespace berth::container
