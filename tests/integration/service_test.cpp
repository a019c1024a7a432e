// A real service in a Debian root, hardened as an operator would: read-only root, no capabilities,
// limits, a network of its own.
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// Debian with redis, made once from the mirrors of this machine; empty when that is impossible.
/// The name says what is in it: another content, another name.
std::string debian_root(std::string& why) {
  std::string root = std::string(BERTH_TEST_CACHE) + "/bookworm-redis-server";
  if (fs::exists(root)) return root;
  const std::string partial = root + "." + Runtime::tag();
  fs::create_directories(BERTH_TEST_CACHE);
  // In a mount namespace of its own, because mmdebstrap of Debian 13 makes all mounts private.
  const Outcome made =
      run_command({.argv = {"unshare", "--mount", "mmdebstrap", "--quiet", "--variant=minbase",
                            "--include=redis-server", "bookworm", partial},
                   .prepare = enter_machine_network},
                  Deadline(std::chrono::minutes(8)));
  if (made.status != 0) {
    fs::remove_all(partial);
    why = "mmdebstrap: " + made.err;
    return {};
  }
  std::error_code exists;  // another run of the tests was faster
  fs::rename(partial, root, exists);
  if (exists) fs::remove_all(partial);
  return root;
}

/// uid of a user of the image.
std::string uid_in(const std::string& root, const std::string& user) {
  for (const std::string& line : lines_of(read_file(root + "/etc/passwd"))) {
    if (line.compare(0, user.size() + 1, user + ":") != 0) continue;
    const std::size_t colon = line.find(':', user.size() + 1);
    return line.substr(colon + 1, line.find(':', colon + 1) - colon - 1);
  }
  FAIL("no user " << user);
  return {};
}

/// What the service answers on the loopback of the container's network.
Outcome talk(pid_t pid, const std::string& request) {
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/net";
  const sys::Fd network(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(network);
  Command command{.argv = {"sh", "-c", "printf '" + request + "' | busybox nc 127.0.0.1 6379"}};
  command.prepare = [&] {
    if (setns(network.get(), CLONE_NEWNET) != 0) _exit(99);
  };
  return run_command(command);
}

Bundle service(Machine& machine, const std::string& root) {
  const std::string uid = uid_in(root, "redis");
  Bundle bundle = machine.new_bundle();
  bundle.set("/root", R"({"readonly": true, "path": )" + json::quote(root) + "}")
      .set("/process/user", R"({"uid": )" + uid + R"(, "gid": )" + uid + "}")
      .set("/process/capabilities", "{}")
      .set("/process/cwd", R"("/var/lib/redis")")
      .set("/linux/resources/memory", R"({"limit": 134217728})")
      .set("/linux/resources/pids", R"({"limit": 32})")
      .args({"/usr/bin/redis-server", "--bind", "127.0.0.1", "--daemonize", "no", "--save", "1 1",
             "--dir", "/var/lib/redis"});
  for (const char* directory : {"/run", "/tmp", "/var/lib/redis"}) {
    bundle.add_mount("tmpfs", "tmpfs", directory,
                     {"nosuid", "nodev", "noexec", "mode=0700", "uid=" + uid, "gid=" + uid});
  }
  return bundle;
}

TEST_CASE_METHOD(Machine, "redis of Debian runs as a hardened service", "[service]") {
  std::string why;
  const std::string root = debian_root(why);
  if (root.empty()) return skip("no Debian root: " + why);
  Container box(*this, service(*this, root));
  box.create_and_start();
  box.wait_for_output("Ready to accept connections");
  const Outcome answer =
      talk(box.pid(), "SET berth afloat\\r\\nGET berth\\r\\nSAVE\\r\\nQUIT\\r\\n");
  CHECK_THAT(answer, Prints("+OK\r\n$6\r\nafloat\r\n+OK\r\n+OK\r\n"));
  CHECK(status_field(box.pid(), "CapBnd") == "0000000000000000");
  CHECK(status_field(box.pid(), "NoNewPrivs") == "1");
  CHECK(fs::exists(box.inside("/var/lib/redis/dump.rdb")));
  CHECK_FALSE(fs::exists(root + "/var/lib/redis/dump.rdb"));
  box.kill("TERM");
  box.wait_until_stopped();
  CHECK(contains(box.output(), "Redis is now ready to exit"));
  box.remove();
}

}  // namespace
}  // namespace berth::test
