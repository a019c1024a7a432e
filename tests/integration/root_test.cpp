// The root on its way: at its own path while hooks run, entered after them, and nothing of the
// host's tree behind it.
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// Of a hook on the host's side: runs `script` in the mount namespace of the container.
std::string in_container(const std::string& script) {
  return R"(pid=$(grep -o '"pid": *[0-9]*' | grep -o '[0-9]*'); nsenter -m -t $pid sh -ec ')" +
         script + "'";
}

void add_hook(Bundle& bundle, const std::string& kind, const std::string& script) {
  if (!json::find(bundle.config(), "/hooks")) bundle.set("/hooks", "{}");
  if (!json::find(bundle.config(), "/hooks/" + kind)) bundle.set("/hooks/" + kind, "[]");
  bundle.set("/hooks/" + kind + "/-", R"({"path": "/bin/sh", "args": ["sh", "-ec", )" +
                                          json::quote(script) +
                                          R"(], "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]})");
}

/// The directory of the root is what the caller makes of it.
struct Place {
  const char* name;
  void (*make)(const std::string& rootfs);
};

void bind_on_itself(const std::string& rootfs) {
  REQUIRE(mount(rootfs.c_str(), rootfs.c_str(), nullptr, MS_BIND, nullptr) == 0);
  REQUIRE(mount(nullptr, rootfs.c_str(), nullptr, MS_SHARED, nullptr) == 0);
}

void move_behind_link(const std::string& rootfs) {
  fs::rename(rootfs, rootfs + ".real");
  fs::create_directory_symlink("rootfs.real", rootfs);
}

constexpr Place kPlaces[] = {{"a directory", [](const std::string&) {}},
                             {"a mount point, shared", bind_on_itself},
                             {"a symbolic link", move_behind_link}};

TEST_CASE_METHOD(Machine,
                 "hooks of create find the root at its own path, and what they mount there is in "
                 "the container (HK-PRE-1 HK-CR-1 HK-CC-1 SR-4)",
                 "[hooks][root]") {
  const Place where = GENERATE(from_range(std::begin(kPlaces), std::end(kPlaces)));
  const std::string kind = GENERATE("prestart", "createRuntime", "createContainer");
  INFO(kind << ", the root is " << where.name);
  Bundle bundle = new_bundle().args({"ls", "/mnt"});
  const std::string mnt = bundle.in_image("/mnt");
  fs::create_directory(mnt);
  where.make(bundle.directory() + "/rootfs");
  const std::string script = "mount -t tmpfs t " + mnt + "; touch " + mnt + "/seen";
  add_hook(bundle, kind, kind == "createContainer" ? script : in_container(script));
  CHECK_THAT(run(bundle), Prints("seen\n"));
  CHECK(names_in(mnt) == std::vector<std::string>{});
  umount2((bundle.directory() + "/rootfs").c_str(), MNT_DETACH);
}

// What NVIDIA's hook and those of the Container Device Interface do.
TEST_CASE_METHOD(Machine, "a hook brings a library of the host into the root (HK-CR-1 HK-CC-1)",
                 "[hooks][root]") {
  const std::string library = place() + "/libfake.so.1";
  write_file(library, "of the host\n");
  Bundle bundle = new_bundle().args({"cat", "/usr/lib/libfake.so"});
  const std::string lib = bundle.in_image("/usr/lib");
  const std::string script = "touch " + lib + "/libfake.so.1; mount --bind " + library + " " + lib +
                             "/libfake.so.1; ln -s libfake.so.1 " + lib + "/libfake.so";
  SECTION("createRuntime") { add_hook(bundle, "createRuntime", in_container(script)); }
  SECTION("createContainer") { add_hook(bundle, "createContainer", script); }
  CHECK_THAT(run(bundle), Prints("of the host\n"));
  CHECK(read_file(lib + "/libfake.so.1").empty());
}

TEST_CASE_METHOD(Machine,
                 "a createContainer hook of a user namespace finds the root, too (HK-CC-1)",
                 "[hooks][root]") {
  Bundle bundle = new_bundle().map_users(100000).args({"ls", "/mnt"});
  const std::string mnt = bundle.in_image("/mnt");
  fs::create_directory(mnt);
  add_hook(bundle, "createContainer", "mount -t tmpfs t " + mnt + "; touch " + mnt + "/seen");
  CHECK_THAT(run(bundle), Prints("seen\n"));
}

TEST_CASE_METHOD(Machine,
                 "the root of a user namespace need not be able to reach the directory of its root",
                 "[root]") {
  Bundle bundle = new_bundle().map_users(100000).script("echo here");
  REQUIRE(chmod(bundle.directory().c_str(), 0700) == 0);
  CHECK_THAT(run(bundle), Prints("here\n"));
}

TEST_CASE_METHOD(Machine, "root.path may be the root of the host (CF-ROOT-2)", "[root][berth]") {
  Bundle bundle = new_bundle().set("/root", R"({"path": "/", "readonly": true})");
  bundle.set("/mounts", "[]");
  bundle.args({"test", "-e", bundle.directory() + "/config.json"});
  SECTION("with pivot_root") { CHECK_THAT(run(bundle), Succeeds()); }
  SECTION("with hooks") {
    add_hook(bundle, "createContainer", "exit 0");
    CHECK_THAT(run(bundle), Succeeds());
  }
  SECTION("with chroot") {
    CHECK_THAT(call({"run", "--no-pivot", "-b", bundle.directory(), runtime().new_id()}),
               Succeeds());
  }
}

TEST_CASE_METHOD(Machine, "the path of the root has no magic link (CF-ROOT-2)", "[root][berth]") {
  const Bundle bundle = new_bundle();
  Command command = runtime().command({"run", "-b", "/proc/self/cwd", runtime().new_id()});
  command.prepare = [&] { (void)!chdir(bundle.directory().c_str()); };
  CHECK_THAT(run_command(command), Fails({"/root/path", "magic link"}));
}

TEST_CASE_METHOD(
    Machine,
    "the path of the root has no magic link in a joined mount namespace either (CF-ROOT-2 SR-1)",
    "[root][security][berth]") {
  const Holder holder(CLONE_NEWNS);
  Bundle bundle = new_bundle().drop_namespace("mount");
  bundle.add_namespace("mount", holder.path("mnt"));
  CHECK_THAT(run(bundle, "echo here"), Prints("here\n"));
  bundle.set("/root/path", json::quote("/proc/self/root" + bundle.directory() + "/rootfs"));
  CHECK_THAT(run(bundle), Fails({"/root/path", "magic link"}));
}

/// A socket on which connect(2) waits until another connection is accepted.
class BusySocket {
 public:
  explicit BusySocket(const std::string& path) {
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    const auto* where = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(bind(listener_.get(), where, sizeof address) == 0);
    REQUIRE(listen(listener_.get(), 0) == 0);
    REQUIRE(connect(first_.get(), where, sizeof address) == 0);
  }
  /// Lets the first one in, and with that the next one.
  void accept_first() { REQUIRE(sys::Fd(accept(listener_.get(), nullptr, nullptr))); }

 private:
  static int open_socket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

  sys::Fd listener_{open_socket()}, first_{open_socket()};
};

TEST_CASE_METHOD(Machine,
                 "a root that is exchanged after berth has opened it is not used (CF-ROOT-2 SR-5)",
                 "[root][security][berth]") {
  Bundle bundle = new_bundle().set("/process/terminal", "true");
  bool is_attached_there = true;
  SECTION("where the root is attached at its path, because of a hook, it is refused") {
    add_hook(bundle, "createRuntime", "exit 0");
  }
  SECTION("where it is not, the opened one is the root") {
    is_attached_there = !contains(call({"plan", "-b", bundle.directory()}).out, "the empty one");
  }
  const std::string path = place() + "/busy", id = runtime().new_id();
  BusySocket busy(path);
  Child create(
      runtime().command({"create", "--console-socket", path, "-b", bundle.directory(), id}));
  // berth has the root by then: its number in /proc/PID/syscall is that of connect(2).
  const std::string waiting = std::to_string(SYS_connect) + " ";
  REQUIRE(eventually([&] {
    const auto call = read_file_if_exists("/proc/" + std::to_string(create.pid()) + "/syscall");
    return call && call->starts_with(waiting);
  }));
  const std::string root = bundle.directory() + "/rootfs";
  fs::rename(root, root + ".old");
  fs::create_directory(root);
  busy.accept_first();
  const Outcome outcome = create.wait();
  if (is_attached_there) {
    CHECK_THAT(outcome, Fails({"/root/path", "another directory is there by now"}));
    return;
  }
  CHECK_THAT(outcome, Succeeds());
  CHECK_THAT(call({"exec", id, "test", "-e", "/bin/busybox"}), Succeeds());
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
}

// ---- --no-pivot -----------------------------------------------------------------------------

/// Mounts a new procfs in a user namespace of its own: the kernel lets it where it sees one that is
/// not masked.
Bundle with_attacker(Machine& machine) {
  Bundle bundle = machine.new_bundle().capabilities({"CAP_SETFCAP"});
  return bundle.args(
      {"busybox", "unshare", "-Urmpf", "sh", "-c",
       "mount -t proc none /tmp && echo bare; mount -t sysfs none /tmp && echo bare"});
}

TEST_CASE_METHOD(Machine, "with --no-pivot no user namespace inside can mount a bare procfs (SR-4)",
                 "[root][security]") {
  const Bundle bundle = with_attacker(*this);
  const Outcome outcome = call({"run", "--no-pivot", "-b", bundle.directory(), runtime().new_id()});
  CHECK(contains(outcome.err, "permission denied"));
  CHECK(outcome.out.empty());
}

TEST_CASE_METHOD(
    Machine, "with --no-pivot a procfs that can only be covered gives no bare procfs inside (SR-4)",
    "[root][security][berth]") {
  const Bundle bundle = with_attacker(*this);
  // In a user namespace all mounts that were there before are locked.
  Command command = runtime().command(
      {"--rootless", "true", "run", "--no-pivot", "-b", bundle.directory(), runtime().new_id()});
  command.argv.insert(command.argv.begin(), {"unshare", "-Urm", "--propagation", "private"});
  const Outcome outcome = run_command(command);
  CHECK(contains(outcome.err, "permission denied"));
  CHECK(outcome.out.empty());
}

TEST_CASE_METHOD(Machine, "with --no-pivot the container has its own procfs, and hooks the host's",
                 "[root][hooks][berth]") {
  Bundle bundle = new_bundle().script("cat /proc/1/comm; ls /sys/kernel > /dev/null && echo sys");
  add_hook(bundle, "createContainer", "test -d /proc/self; test -d /sys/kernel");
  CHECK_THAT(call({"run", "--no-pivot", "-b", bundle.directory(), runtime().new_id()}),
             Prints("sh\nsys\n"));
}

// ---- what is written to procfs --------------------------------------------------------------

TEST_CASE_METHOD(Machine,
                 "no descriptor of the kernel's parameters is left to be the working directory "
                 "(SR-9 SR-16 SY-1)",
                 "[root][security]") {
  for (int fd = 3; fd < 24; ++fd) {
    INFO("descriptor " << fd);
    Bundle bundle = new_bundle().set("/linux/sysctl", R"({"net.ipv4.ping_group_range": "0 0"})");
    bundle.set("/process/cwd", json::quote("/proc/self/fd/" + std::to_string(fd)));
    const Outcome outcome = run(bundle, "test -w kernel/core_pattern && echo bare; exit 0");
    CHECK(outcome.out.empty());
  }
}

TEST_CASE_METHOD(Machine, "parameters are set also where the container has no procfs (SY-1 SR-9)",
                 "[root]") {
  Bundle bundle = new_bundle().set("/linux/sysctl", R"({"net.ipv4.ip_forward": "1"})");
  bundle.set("/linux/maskedPaths", "[]").set("/linux/readonlyPaths", "[]");
  bundle.set("/mounts", R"([{"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}])");
  SECTION("as root") {}
  SECTION("in a user namespace") { bundle.map_users(100000); }
  CHECK_THAT(run(bundle), Succeeds());
}

TEST_CASE_METHOD(Machine, "a name may be said twice, if it is one name (SY-1 CF-HOST-1 CF-DOM-1)",
                 "[root]") {
  Bundle bundle = new_bundle().set("/hostname", R"("web")").set("/domainname", R"("example.org")");
  bundle.set("/linux/sysctl", R"({"kernel.hostname": "web", "kernel.domainname": "example.org"})");
  CHECK_THAT(run(bundle, "cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname"),
             Prints("web\nexample.org\n"));
  bundle.set("/linux/sysctl", R"({"kernel.domainname": "example.com"})");
  CHECK_THAT(run(bundle), Fails({"/linux/sysctl/kernel.domainname"}));
}

// ---- without a mount namespace --------------------------------------------------------------

TEST_CASE_METHOD(Machine,
                 "without a mount namespace the container has its mounts and the host none (NS-4)",
                 "[root][namespaces]") {
  const std::vector<std::string> before = lines_of(read_file("/proc/self/mountinfo"));
  Bundle bundle = new_bundle().drop_namespace("mount");
  bundle.script(
      "exec 2>&1; readlink /proc/self/ns/mnt; cat /proc/timer_list | wc -c;"
      "touch /proc/sys/kernel/ostype; mkdir /sys/x; echo tried; exec sleep 1000");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_for_output("tried\n");
  INFO(box.output());
  CHECK(contains(box.output(), "]\n0\n"));
  CHECK(contains(box.output(), fs::read_symlink("/proc/self/ns/mnt").string()));
  CHECK(lines_of(read_file("/proc/self/mountinfo")) == before);
  CHECK(contains(box.output(), "/ostype: Read-only file system"));
  CHECK(contains(box.output(), "/sys/x': Read-only file system"));
}

}  // namespace
}  // namespace berth::test
