// Compiles a process that is executed in a running container. It is one more Plan: init joins the
// container's namespaces instead of making new ones, and then becomes the program as in create.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/compile/request.h"
#include "runtime/host/host.h"
#include "runtime/plan/plan.h"
#include "spec/error.h"

namespace berth::plan {

/// A cgroup that exists, on the host.
struct ExecCgroup {
  std::string path;
  bool is_unified = false;
};

/// The container, and what the caller of exec asked for beside the process.
struct ExecRequest : Request {
  // The container's first process: see store::Process.
  pid_t pid = 0;
  std::uint64_t start_time = 0;
  std::uint64_t inode = 0;
  std::uint64_t namespaces = 0;  ///< CLONE_NEW*: those of the container that are not berth's own
  bool is_chrooted = false;      ///< the container's root is not that of its mount namespace
  std::vector<ExecCgroup> cgroups;
};

/// `config` is what create has kept (exec_config.h), with the process to execute.
Plan compile_exec(spec::Config&& config, const ExecRequest& request, const Host& host,
                  Problems& problems);

}  // namespace berth::plan
