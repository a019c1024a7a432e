#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/process/hooks.h"

namespace berth::plan {
namespace {

spec::Config with_hooks(spec::Hooks hooks) {
  spec::Config config;
  config.oci_version = "1.2.0";
  config.annotations = {{"pid", "1"}, {"quote", "\""}};
  config.process.emplace();
  config.hooks = std::move(hooks);
  return config;
}

TEST_CASE("HK-ORDER-1 HK-PRE-1 HK-CR-1: the host's hooks run in order, prestart first") {
  Workbench bench;
  compile_host_hooks(with_hooks({.prestart = {{"/a"}, {"/b"}}, .create_runtime = {{"/c"}}}),
                     bench.builder);
  CHECK(bench.lines() ==
        Lines{"host run_host_hook path='/a' <- /hooks/prestart/0",
              "host run_host_hook path='/b' number=1 <- /hooks/prestart/1",
              "host run_host_hook path='/c' list='createRuntime' <- /hooks/createRuntime/0"});
  CHECK(bench.plan().steps[1].as<RunHostHook>().list == HostHook::Prestart);
  CHECK(bench.plan().steps[1].as<RunHostHook>().number == 1);
  CHECK(bench.plan().steps[2].as<RunHostHook>().list == HostHook::CreateRuntime);
}

TEST_CASE("HK-PS-1: poststart is a step of the host") {
  Workbench bench;
  compile_poststart_hooks(with_hooks({.poststart = {{"/a"}}}), bench.builder);
  CHECK(bench.lines() == Lines{"start run_poststart_hook path='/a' <- /hooks/poststart/0"});
}

TEST_CASE("HK-CC-1 HK-ARGS-1 HK-ENV-1 HK-TMO-1: a hook in the container has all that init needs") {
  Workbench bench;
  compile_create_container_hooks(with_hooks({.create_container = {{.path = "/bin/h",
                                                                   .args = {"h", "x"},
                                                                   .env = spec::Strings{},
                                                                   .timeout = 3}}}),
                                 bench.builder);
  CHECK(bench.lines() == Lines{"child run_hook path='/bin/h' arguments=[h, x] timeout=3000 <- "
                               "/hooks/createContainer/0"});
  const auto& step = bench.the<RunHook>();
  CHECK(bench.list(step.arguments) == Lines{"h", "x"});
  CHECK(step.variables.count == 0);
  CHECK(step.timeout.count == 3000);
}

TEST_CASE(
    "HK-ARGS-1 HK-ENV-1 HK-TMO-1: a hook has its path as argument, PATH and no end by default") {
  Workbench bench;
  compile_create_container_hooks(with_hooks({.create_container = {{"/bin/h"}}}), bench.builder);
  const auto& step = bench.the<RunHook>();
  CHECK(bench.list(step.arguments) == Lines{"/bin/h"});
  CHECK(bench.list(step.variables) ==
        Lines{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"});
  CHECK(step.timeout.count == 0);
}

TEST_CASE("HK-ENV-1 SR-28: a hook of the image without env has that of the process, no other has") {
  spec::Config config =
      with_hooks({.create_container = {{"/bin/h"}}, .start_container = {{"/bin/h"}}});
  config.process->env = {"LD_PRELOAD=/evil.so"};
  Workbench host, image;
  compile_create_container_hooks(config, host.builder);
  compile_start_container_hooks(config, image.builder);
  const auto variables = [](const Workbench& bench) {
    return bench.list(bench.the<RunHook>().variables);
  };
  CHECK(variables(image) == config.process->env);
  CHECK(variables(host) != config.process->env);
  config.hooks.start_container[0].env.emplace();
  Workbench empty;
  compile_start_container_hooks(config, empty.builder);
  CHECK(variables(empty).empty());
}

TEST_CASE("HK-STDIN-1 RT-ST-5: the state of hooks in the container waits for the pid") {
  const bool at_start = GENERATE(false, true);
  const spec::Config config =
      with_hooks({.create_container = {{"/h"}}, .start_container = {{"/h"}}});
  Workbench bench;
  at_start ? compile_start_container_hooks(config, bench.builder)
           : compile_create_container_hooks(config, bench.builder);
  const auto& step = bench.the<RunHook>();
  std::string state = bench.text(step.state);
  state.insert(step.pid_place, "4711");
  CHECK(state.find("\"pid\":4711") != std::string::npos);
  CHECK(state.find(at_start ? "\"status\":\"created\"" : "\"status\":\"creating\"") !=
        std::string::npos);
  CHECK(state.find("\"id\":\"web1\"") != std::string::npos);
  CHECK(state.find("\"bundle\":\"/b\"") != std::string::npos);
  CHECK(state.find("\"pid\":\"1\"") != std::string::npos);
}

TEST_CASE("only hooks of create make the host and init meet before the new root") {
  CHECK(spec::Hooks{.prestart = {{"/a"}}}.any_in_create());
  CHECK(spec::Hooks{.create_runtime = {{"/a"}}}.any_in_create());
  CHECK(spec::Hooks{.create_container = {{"/a"}}}.any_in_create());
  CHECK_FALSE(spec::Hooks{.start_container = {{"/a"}}, .poststart = {{"/a"}}, .poststop = {{"/a"}}}
                  .any_in_create());
}

TEST_CASE("RT-START-4: what cannot be started has no hooks of start") {
  spec::Config config = with_hooks({.start_container = {{"/a"}}, .poststart = {{"/a"}}});
  config.process.reset();
  Workbench bench;
  compile_start_container_hooks(config, bench.builder);
  compile_poststart_hooks(config, bench.builder);
  CHECK(bench.lines().empty());
}

}  // namespace
}  // namespace berth::plan
