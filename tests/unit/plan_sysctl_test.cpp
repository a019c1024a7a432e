#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/namespaces/sysctl.h"
#include "runtime/compile/order.h"
#include "spec/config/default_config.h"

namespace berth::plan {
namespace {

spec::Config with_sysctl(const std::string& key, const std::string& value = "1") {
  spec::Config config =
      with_namespaces({{"network", ""}, {"ipc", ""}, {"uts", ""}, {"user", "/u"}});
  config.linux.sysctl = {{key, value}};
  return config;
}

TEST_CASE("SY-1: both spellings of a parameter lead to its file") {
  const auto [key, path] = GENERATE(table<std::string, std::string>({
      {"net.ipv4.ip_forward", "net/ipv4/ip_forward"},
      {"net/ipv4/ip_forward", "net/ipv4/ip_forward"},
      {"net/ipv4/conf/eth0.100/forwarding", "net/ipv4/conf/eth0.100/forwarding"},
      {"net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding"},
      {"kernel.shm_rmid_forced", "kernel/shm_rmid_forced"},
      {"fs.mqueue.msg_max", "fs/mqueue/msg_max"},
      {"user.max_net_namespaces", "user/max_net_namespaces"},
      {"kernel.domainname", "kernel/domainname"},
  }));
  Workbench bench;
  compile_sysctl(with_sysctl(key, "a b"), bench.builder);
  CHECK(bench.problems.empty());
  const auto& step = bench.the<WriteSysctl>();
  CHECK(bench.text(step.path) == path);
  CHECK(bench.text(step.value) == "a b");
}

TEST_CASE("SY-1: the origin is a proper pointer") {
  Workbench bench;
  compile_sysctl(with_sysctl("net/ipv4/ip_forward"), bench.builder);
  CHECK(bench.lines() == Lines{"child write_sysctl path='net/ipv4/ip_forward' value='1' <- "
                               "/linux/sysctl/net~1ipv4~1ip_forward"});
}

TEST_CASE("SY-1: parameters that no namespace has for itself are refused (SR-10)") {
  const std::string key =
      GENERATE(as<std::string>(), "vm.swappiness", "kernel.panic", "kernel.shmmax2", "kernel.sem.x",
               "fs.file-max", "fs.mqueue", "network.x", "net", "");
  Workbench bench;
  compile_sysctl(with_sysctl(key), bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/sysctl/" + key});
}

TEST_CASE("SY-1: names that could lead elsewhere are refused (SR-10)") {
  const std::string key =
      GENERATE(as<std::string>(), "net/../kernel/panic", "net..x", "net/./x", "net/x/", "net.x y",
               "net.x\n", "net.x*", "/net/x", "net/\xC3\xA4");
  Workbench bench;
  compile_sysctl(with_sysctl(key), bench.builder);
  CHECK(bench.problems.list().size() == 1);
  CHECK(bench.problems.list().at(0).kind == ErrorKind::Config);
}

TEST_CASE("SY-1: a parameter needs a namespace of the container's own") {
  const auto [key, type] = GENERATE(table<std::string, std::string>({
      {"net.ipv4.ip_forward", "network"},
      {"kernel.msgmax", "ipc"},
      {"kernel.msgmnb", "ipc"},
      {"kernel.msgmni", "ipc"},
      {"kernel.msg_next_id", "ipc"},
      {"kernel.sem", "ipc"},
      {"kernel.sem_next_id", "ipc"},
      {"kernel.shmall", "ipc"},
      {"kernel.shmmax", "ipc"},
      {"kernel.shmmni", "ipc"},
      {"kernel.shm_next_id", "ipc"},
      {"kernel.shm_rmid_forced", "ipc"},
      {"fs.mqueue.queues_max", "ipc"},
      {"kernel.hostname", "uts"},
      {"kernel.domainname", "uts"},
      {"user.max_pid_namespaces", "user"},
  }));
  const std::string path = GENERATE("", "/joined");
  spec::Config config = with_sysctl(key);
  config.linux.namespaces = {{type, path}};
  Workbench with, without;
  compile_sysctl(config, with.builder);
  CHECK(with.problems.empty());
  config.linux.namespaces = {{"pid", ""}};
  compile_sysctl(config, without.builder);
  CHECK(without.pointers() == Lines{"/linux/sysctl/" + key});
}

TEST_CASE("SY-1 CF-HOST-1 CF-DOM-1: a name may be set in two places, but to one value") {
  const std::string key = GENERATE("kernel.hostname", "kernel.domainname");
  const bool agree = GENERATE(true, false);
  spec::Config config = with_sysctl(key, agree ? "web" : "db");
  config.hostname = config.domainname = "web";
  Workbench bench;
  compile_sysctl(config, bench.builder);
  CHECK(bench.pointers() == (agree ? Lines{} : Lines{"/linux/sysctl/" + key}));
}

/// The steps of a Plan that make and close a procfs of init's own.
Lines proc_steps(const spec::Config& config, bool has_apparmor = false) {
  Workbench bench;
  bench.host.has_apparmor = has_apparmor;
  Lines lines;
  for (const std::string& line :
       plan_text(compile(config, bench.request, bench.host, bench.problems))) {
    if (line.ends_with("_proc")) lines.push_back(line);
  }
  return lines;
}

TEST_CASE("a procfs of init's own is made for what is written there, and not otherwise (SR-9)") {
  spec::Config config = spec::default_config();
  CHECK(proc_steps(config).empty());
  config.linux.sysctl = {{"net.ipv4.ip_forward", "1"}};
  CHECK(proc_steps(config) == Lines{"child open_proc", "child close_proc"});
}

TEST_CASE("labels are written through it, too (SR-9, SR-13)") {
  spec::Config config = spec::default_config();
  config.process->apparmor_profile = "web";
  CHECK(proc_steps(config, true) == Lines{"child open_proc", "child close_proc"});
  CHECK(proc_steps(config).empty());
}

TEST_CASE("CF-HOST-1 CF-DOM-1: hostname and domainname are set in the container's namespace") {
  spec::Config config = with_namespaces({{"uts", GENERATE("", "/joined")}});
  config.hostname = "web";
  config.domainname = "example.org";
  Workbench bench;
  compile_names(config, bench.builder);
  CHECK(bench.problems.empty());
  CHECK(bench.lines() == Lines{"child set_hostname name='web' <- /hostname",
                               "child set_domainname name='example.org' <- /domainname"});
}

TEST_CASE("CF-HOST-1 CF-DOM-1: the host's names are not touched") {
  spec::Config config;
  config.hostname = config.domainname = "web";
  Workbench bench;
  compile_names(config, bench.builder);
  CHECK(bench.pointers() == Lines{"/hostname", "/domainname"});
}

}  // namespace
}  // namespace berth::plan
