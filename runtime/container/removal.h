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

/// What a command does with its container if it fails.
enum class OnFailure {
  Nothing,
  EndProcess,  ///< leaves a stopped container
  Destroy,
};

/// Does that in its destructor, whatever has failed, and reports what it cannot remove.
class FailureGuard {
 public:
  /// Keeps references.
  FailureGuard(Context& context, store::StateDir& dir, const store::Record& record,
               OnFailure action)
      : context_(context), dir_(dir), record_(record), action_(action) {}
  FailureGuard(const FailureGuard&) = delete;
  FailureGuard& operator=(const FailureGuard&) = delete;
  ~FailureGuard();

  void set(OnFailure action) { action_ = action; }
  /// Takes the lock, if it was released. If another command has deleted the container, there is
  /// nothing to do; if only its state directory was removed, berth removes the rest.
  void destroy();

 private:
  Context& context_;
  store::StateDir& dir_;
  const store::Record& record_;
  OnFailure action_;
};

}  // namespace berth::container
