#include "tests/integration/harness/container.h"

#include <catch2/catch.hpp>

#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {

Container::Container(Machine& machine, const Bundle& bundle)
    : machine_(machine), id_(machine.runtime().new_id()), bundle_(bundle.directory()) {}

Container::~Container() {
  CHECK_THAT(call("delete", {"--force"}), Succeeds());
  if (!init_) return;
  CHECK(wait_readable(init_.get(), Deadline()));
  reap(init_);
}

Outcome Container::launch(const std::string& verb, const std::vector<std::string>& flags) {
  std::vector<std::string> args{verb, "--bundle", bundle_};
  args.insert(args.end(), flags.begin(), flags.end());
  args.push_back(id_);
  creator_ = std::make_unique<Child>(machine_.runtime().command(args));
  return creator_->wait();
}

Outcome Container::try_create(const std::vector<std::string>& flags) {
  return launch("create", flags);
}

Outcome Container::try_run(const std::vector<std::string>& flags) { return launch("run", flags); }

Outcome Container::call(const std::string& verb, const std::vector<std::string>& more) {
  // Flags come before the id, arguments after it.
  std::vector<std::string> args{verb};
  for (const std::string& flag : more) {
    if (flag[0] == '-') args.push_back(flag);
  }
  args.push_back(id_);
  for (const std::string& argument : more) {
    if (argument[0] != '-') args.push_back(argument);
  }
  return machine_.call(args);
}

void Container::create(const std::vector<std::string>& flags) {
  REQUIRE_THAT(try_create(flags), Succeeds());
  adopt();
}

void Container::adopt() { init_ = open_pidfd(pid()); }

void Container::start() { REQUIRE_THAT(call("start"), Succeeds()); }

void Container::create_and_start() {
  create();
  start();
}

void Container::kill(const std::string& signal) {
  REQUIRE_THAT(call("kill", {signal}), Succeeds());
}

void Container::remove() { REQUIRE_THAT(call("delete"), Succeeds()); }

std::string Container::state() {
  const Outcome outcome = call("state");
  REQUIRE_THAT(outcome, Succeeds());
  return outcome.out;
}

std::string Container::state_of(const std::string& member) {
  return json::get(state(), "/" + member);
}

pid_t Container::pid() { return std::stoi(state_of("pid")); }

std::string Container::inside(const std::string& path) {
  return "/proc/" + std::to_string(pid()) + "/root" + path;
}

void Container::stop() {
  kill("KILL");
  wait_until_stopped();
}

void Container::wait_until_stopped() {
  if (init_) return wait_for_exit(init_);
  REQUIRE(eventually([&] { return status() == "stopped"; }));
}

Child& Container::creator() {
  INFO("not created yet");
  REQUIRE(creator_);
  return *creator_;
}

void Container::wait_for_output(const std::string& text) { creator().wait_for_output(text); }
std::string Container::output() { return creator().output(); }
std::string Container::error_output() { return creator().error_output(); }

}  // namespace berth::test
