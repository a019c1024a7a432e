#include "runtime/launch/succession.h"

#include "spec/error.h"

namespace berth::launch {

void Succession::learn(pid_t sender, pid_t made) {
  if (sender == init_) {
    // What init has made is the first process, or that one's maker.
    if (made != 0 && child_ == 0) set_child(made);
    if (made != 0 && made != child_) set_setup(made);
  } else if (made != 0) {
    fail(ErrorKind::Bug, "a process that is not init says that it has made another");
  } else if (sender != setup_ && sender != child_) {
    if (child_ != 0) set_setup(child_);
    set_child(sender);
  }
}

void Succession::set_setup(pid_t pid) {
  if (setup_ != 0 && setup_ != pid) {
    fail(ErrorKind::Bug, "a third process says that it has made the container's first");
  }
  setup_ = pid;
}

void Succession::set_child(pid_t pid) {
  if (child_ != 0 && child_ != pid && child_ != setup_) {
    fail(ErrorKind::Bug, "a third process says that it is the container's first");
  }
  child_ = pid;
}

}  // namespace berth::launch
