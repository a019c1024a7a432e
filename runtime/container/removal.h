// The end of a container, shared by delete, by a failed start and by run.
#pragma once

#include "runtime/container/site.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

/// Kills what is left of it, removes cgroups and resctrl groups, runs the poststop hooks (a failing
/// one is a failure of its own), then removes the Record. May be repeated; what cannot be removed
/// is an error and the Record stays. The caller holds the lock.
void destroy(Site& site, store::StateDir& dir, const store::Record& record);

/// Kills the first process, and waits until it has ended.
void end_first_process(const store::Record& record);

/// A container of the command that made it, and that may fail yet: then, whatever has failed, this
/// object's destructor destroys it, and reports what it cannot remove.
class Provisional {
 public:
  /// Keeps references.
  Provisional(Site& site, store::StateDir& dir, const store::Record& record)
      : site_(site), dir_(dir), record_(record) {}
  Provisional(const Provisional&) = delete;
  Provisional& operator=(const Provisional&) = delete;
  ~Provisional();

  /// Takes the lock, if it was given up. If another command has deleted the container, there is
  /// nothing to do; if its state directory alone was removed, the rest of it goes.
  void destroy();
  void keep() { is_settled_ = true; }

 private:
  Site& site_;
  store::StateDir& dir_;
  const store::Record& record_;
  bool is_settled_ = false;
};

}  // namespace berth::container
