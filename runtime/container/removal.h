// The end of a container, shared by delete, by a failed start and by run.
#pragma once

#include "runtime/container/context.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

/// Kills the processes that are left, removes cgroups and resctrl groups, runs the poststop hooks
/// (if one fails, that is reported, and the others still run), then removes the Record. May be
/// repeated; if something cannot be removed, that is an error and the Record stays. The caller
/// holds the lock.
void destroy(Context& context, store::StateDir& dir, const store::Record& record);

/// Kills the first process, and waits until it has ended.
void end_first_process(const store::Record& record);

/// Destroys the container in its destructor, whatever has failed, and reports what it cannot
/// remove, unless keep() or destroy() was called.
class DestroyGuard {
 public:
  /// Keeps references.
  DestroyGuard(Context& context, store::StateDir& dir, const store::Record& record)
      : context_(context), dir_(dir), record_(record) {}
  DestroyGuard(const DestroyGuard&) = delete;
  DestroyGuard& operator=(const DestroyGuard&) = delete;
  ~DestroyGuard();

  /// Takes the lock, if it was released. If another command has deleted the container, there is
  /// nothing to do; if only its state directory was removed, berth removes the rest.
  void destroy();
  void keep() { is_settled_ = true; }

 private:
  Context& context_;
  store::StateDir& dir_;
  const store::Record& record_;
  bool is_settled_ = false;
};

}  // namespace berth::container
