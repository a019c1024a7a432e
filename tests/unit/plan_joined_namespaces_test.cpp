#include <sched.h>

#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/builder.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/namespaces/sysctl.h"
#include "runtime/compile/process/hooks.h"

namespace berth::plan {
namespace {

/// The steps of each chapter that has to do with a pid namespace, in their order.
Lines pid_lines(const spec::Config& config, Workbench& bench) {
  const Slots slots = compile_namespace_sources(config, bench.builder);
  bench.builder.plan.steps.clear();
  compile_joins(config, slots, bench.builder);
  compile_clone(config, kNoSlot, false, bench.builder);
  compile_early_pid_namespace(config, slots, bench.builder);
  compile_pid_namespace(config, slots, {}, bench.builder);
  compile_fork(config, bench.builder);
  return bench.lines();
}

TEST_CASE("NS-2: a pid namespace is joined late, by a fork of the child (SR-26)") {
  Workbench bench;
  CHECK(pid_lines(with_namespaces({{"pid", "/p"}, {"ipc", ""}}), bench) ==
        Lines{"prologue clone namespaces='ipc' <- /linux/namespaces",
              "child join_namespace path='/p' type='pid' namespace=0 <- /linux/namespaces/0/path",
              "child fork <- /linux/namespaces/0/path"});
  CHECK(bench.the<Clone>().namespaces.flags == CLONE_NEWIPC);
  CHECK_FALSE(bench.the<Fork>().has_terminal);
}

TEST_CASE("NS-2: before a new user namespace the child joins it, and makes the others itself") {
  Workbench bench;
  CHECK(pid_lines(with_namespaces({{"user", ""}, {"pid", "/p"}, {"network", ""}}), bench) ==
        Lines{"prologue clone",
              "child join_namespace path='/p' type='pid' namespace=0 <- /linux/namespaces/1/path",
              "child new_namespaces namespaces='network, user' <- /linux/namespaces",
              "child fork <- /linux/namespaces/1/path"});
  CHECK(bench.the<Clone>().namespaces.flags == 0);
  CHECK(bench.the<NewNamespaces>().namespaces.flags == (CLONE_NEWUSER | CLONE_NEWNET));
}

TEST_CASE("a new pid namespace is made by the clone, and nothing is forked") {
  Workbench bench;
  CHECK(pid_lines(with_namespaces({{"pid", ""}}), bench) ==
        Lines{"prologue clone namespaces='pid' <- /linux/namespaces"});
}

TEST_CASE("the fork takes the terminal of the program along") {
  spec::Config config = with_namespaces({{"pid", "/p"}});
  config.process.emplace();
  config.process->terminal = true;
  Workbench bench;
  pid_lines(config, bench);
  CHECK(bench.the<Fork>().has_terminal);
}

TEST_CASE("a hook of the host's is not shown to a pid namespace of others (SR-26)") {
  spec::Config config = with_namespaces({{"pid", "/p"}, {"user", ""}});
  config.hooks.create_container = {{.path = "/h"}};
  Workbench bench;
  pid_lines(config, bench);
  CHECK(bench.pointers() == Lines{"?/hooks/createContainer"});
}

TEST_CASE("a createContainer hook and a joined mount namespace are a problem (SR-4)") {
  spec::Config config = with_namespaces({{"mount", "/m"}});
  config.hooks.create_container = {{.path = "/h"}};
  Workbench bench;
  compile_create_container_hooks(config, bench.builder);
  CHECK(bench.pointers() == Lines{"?/hooks/createContainer"});
}

TEST_CASE("a user namespace is joined without the caller's groups (SR-22)") {
  const spec::Config config = with_namespaces({{"user", "/u"}});
  Workbench bench;
  compile_joins(config, compile_namespace_sources(config, bench.builder), bench.builder);
  CHECK(
      bench.lines() ==
      Lines{
          "host open_namespace path='/u' type='user' to=0 <- /linux/namespaces/0/path",
          "prologue set_groups refusal='tolerate'",
          "prologue join_namespace path='/u' type='user' namespace=0 <- /linux/namespaces/0/path"});
  CHECK(bench.the<SetGroups>().gids.count == 0);
  CHECK(bench.the<SetGroups>().refusal == Errors::Tolerate);
}

TEST_CASE("what is set in a namespace that is joined is checked not to be the host's (SR-10)") {
  spec::Config config = with_namespaces({{"uts", "/t"}, {"network", "/n"}, {"ipc", ""}});
  config.hostname = "harbour";
  config.linux.sysctl = {{"net.ipv4.ip_forward", "1"}, {"kernel.msgmax", "1"}};
  Workbench bench;
  const Slots slots = compile_namespace_sources(config, bench.builder);
  bench.builder.plan.steps.clear();
  compile_namespace_checks(config, slots, bench.builder);
  CHECK(bench.lines() ==
        Lines{"host check_namespace path='/n' type='network' namespace=1 <- "
              "/linux/sysctl/net.ipv4.ip_forward",
              "host check_namespace path='/t' type='uts' namespace=0 <- /hostname"});
  const auto& check = bench.plan().steps[0].as<CheckNamespace>();
  CHECK(check.type.flags == CLONE_NEWNET);
  CHECK(check.space == slots[1]);
}

}  // namespace
}  // namespace berth::plan
