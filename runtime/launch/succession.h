// Which process is the container's first. berth-init makes it, or, if a pid namespace is joined, a
// process that sets everything up and then makes it. berth-init reports the process that it has
// made, but messages of that one, and of the one made by that, may come before the report.
#pragma once

#include <sys/types.h>

namespace berth::launch {

class Succession {
 public:
  explicit Succession(pid_t init) : init_(init) {}

  /// A message has come from `sender`, which reports that it has made the process `made`, or 0.
  /// Throws a Bug if there are more than three processes, or if a process other than init reports
  /// one.
  void learn(pid_t sender, pid_t made);

  /// The process between init and the first one; 0: none, or not known yet.
  pid_t setup() const { return setup_; }
  /// The latest process that is known; 0: none yet.
  pid_t child() const { return child_; }

 private:
  void set_setup(pid_t pid);
  void set_child(pid_t pid);

  pid_t init_, setup_ = 0, child_ = 0;
};

}  // namespace berth::launch
