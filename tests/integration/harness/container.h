// One container of a test: its id, its verbs, the output of its program. Whatever happens, it is
// deleted by force in the end, and that must succeed.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/harness/machine.h"

namespace berth::test {

class Container {
 public:
  /// Nothing is created yet.
  Container(Machine& machine, const Bundle& bundle);
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container();

  const std::string& id() const { return id_; }

  /// Verbs that must succeed.
  void create(const std::vector<std::string>& flags = {});
  void adopt();  ///< of a create that the test has run by itself
  void start();
  void create_and_start();
  void kill(const std::string& signal);
  void remove();  ///< `delete`
  std::string state();

  /// Verbs that may fail.
  Outcome try_create(const std::vector<std::string>& flags = {});
  Outcome try_run(const std::vector<std::string>& flags = {});  ///< `run`
  Outcome call(const std::string& verb, const std::vector<std::string>& more = {});

  /// Member of the state document.
  std::string state_of(const std::string& member);
  std::string status() { return state_of("status"); }
  /// The state has it.
  pid_t pid();
  /// Path on the host of a file as the container sees it, through /proc/PID/root.
  std::string inside(const std::string& path);

  /// Kills and waits.
  void stop();
  /// Waits for the first process to end. Nobody reaps it as long as this Container lives.
  void wait_until_stopped();

  /// What the program writes; fails the test when the text does not come.
  void wait_for_output(const std::string& text);
  std::string output();
  std::string error_output();
  /// Whether nobody holds the pipes that create and the program write to.
  bool has_let_go() { return creator().has_let_go(); }

 private:
  Outcome launch(const std::string& verb, const std::vector<std::string>& flags);
  Child& creator();

  Machine& machine_;
  std::string id_, bundle_;
  std::unique_ptr<Child> creator_;  ///< holds the pipes that create and the program write to
  sys::Fd init_;                    ///< pidfd, when it was created successfully
};

}  // namespace berth::test
