// A machine whose user `nobody` runs berth without any privilege.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/integration/harness/machine.h"

namespace berth::test {

/// `nobody`, whom every machine has: newuidmap wants one with a name.
constexpr uid_t kUser = 65534;

/// The uid_map of a container in which this user is root.
constexpr const char* kOwnMap = "         0      65534          1\n";

/// Makes the user the owner.
void give(const std::string& path);
void give_all(const std::string& directory);

class UserMachine : public Machine {
 public:
  UserMachine();
  ~UserMachine();

  /// As the user. State is where it is by default.
  Command command(const std::vector<std::string>& args) const;
  Command as_user(Command command) const;
  Outcome user(const std::vector<std::string>& args) const { return run_command(command(args)); }
  Outcome user_run(const Bundle& bundle);
  Outcome user_run(Bundle& bundle, const std::string& script);

  void grant() { is_granted_ = true; }
  void enter(const std::string& procs) { cgroup_ = procs; }
  /// /proc shows nobody the processes of others, or one that may not be inspected.
  void hide_processes() { hides_processes_ = true; }
  /// The file `cover()` is mounted on a file of /proc.
  void cover(const std::string& file);
  std::string cover() const { return home_ + "/cover"; }

  /// What `spec --rootless` writes, for a program without a terminal.
  Bundle user_bundle();
  const std::string& home() const { return home_; }
  const std::string& berth() const { return program_; }

  /// Says why, when this machine lets no user make a user namespace.
  bool is_refused() const;

 private:
  std::string home_, program_, cgroup_, covered_;
  bool is_granted_ = false, hides_processes_ = false;
};

}  // namespace berth::test
