// linux.netDevices: devices of the host's network namespace that become the container's.
#include <net/if.h>
#include <sched.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

Outcome try_ip(const std::string& words, pid_t pid = 0) {
  std::vector<std::string> argv = {"ip"};
  if (pid != 0) argv = {"nsenter", "-t", std::to_string(pid), "-n", "ip"};
  for (const std::string& word : words_of(words)) argv.push_back(word);
  return run_command({.argv = std::move(argv)});
}

/// `ip` in the test's network namespace, or in that of a process.
std::string ip(const std::string& words, pid_t pid = 0) {
  INFO("ip " << words);
  const Outcome outcome = try_ip(words, pid);
  REQUIRE_THAT(outcome, Succeeds());
  return outcome.out;
}

/// Two ends of a cable on this machine, gone when the test ends: `NAME` is to be moved, `NAMEp`
/// stays.
class Cable {
 public:
  explicit Cable(std::string name) : name_(std::move(name)) {
    ip("link add " + name_ + " type veth peer name " + peer());
  }
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;
  ~Cable() { (void)try_ip("link del " + peer()); }  // it may have gone with its other end

  const std::string& name() const { return name_; }
  std::string peer() const { return name_ + "p"; }
  bool is_here() const { return try_ip("link show dev " + name_).status == 0; }
  unsigned index() const { return if_nametoindex(name_.c_str()); }

 private:
  std::string name_;
};

/// Permanent addresses of a device, as `ip` prints them.
std::string addresses(const std::string& device, pid_t pid = 0) {
  return ip("-brief address show dev " + device + " permanent", pid);
}

Bundle with_device(Machine& machine, const Cable& cable, const std::string& properties = "{}") {
  return machine.new_bundle().set("/linux/netDevices",
                                  "{" + json::quote(cable.name()) + ": " + properties + "}");
}

TEST_CASE_METHOD(Machine,
                 "a network device goes into the container, up, with all it has (ND-1 ND-3 ND-4)",
                 "[netdevices][berth]") {
  const Cable cable("bt-a");
  ip("link set bt-a mtu 1400 address 02:00:00:00:00:17");
  ip("address add 192.0.2.7/24 broadcast 192.0.2.250 label bt-a:x dev bt-a");
  ip("address add 192.0.2.8/24 dev bt-a");
  ip("address add 198.51.100.1 peer 198.51.100.2/32 dev bt-a");
  ip("address add 169.254.3.4/16 scope link dev bt-a");
  ip("-6 address add 2001:db8::7/64 dev bt-a nodad noprefixroute");
  ip("-6 address add 2001:db8::8/64 dev bt-a valid_lft 1000 preferred_lft 1000");
  ip("link set bt-ap up");
  Container box(*this, with_device(*this, cable, R"({"name": "eth7"})"));
  box.create();
  CHECK_FALSE(cable.is_here());
  const std::string link = ip("link show dev eth7", box.pid());
  for (const char* word : {"mtu 1400", "02:00:00:00:00:17", ",UP"}) CHECK(contains(link, word));
  const std::string v4 = ip("-4 address show dev eth7", box.pid());
  CHECK(contains(v4, "inet 192.0.2.7/24 brd 192.0.2.250 scope global eth7:x"));
  CHECK(contains(v4, "inet 192.0.2.8/24 scope global secondary eth7"));
  CHECK(contains(v4, "inet 198.51.100.1 peer 198.51.100.2/32 scope global eth7"));
  CHECK_FALSE(contains(v4, "169.254"));
  const std::string v6 = ip("-6 address show dev eth7", box.pid());
  CHECK(contains(v6, "inet6 2001:db8::7/64 scope global nodad noprefixroute"));
  CHECK_FALSE(contains(v6, "2001:db8::8"));
}

TEST_CASE_METHOD(
    Machine,
    "a device keeps its name if no other is given, and sysctls can be about it (ND-1 SY-1)",
    "[netdevices][berth]") {
  const Cable cable("bt-a");
  Bundle bundle = with_device(*this, cable);
  bundle.set("/linux/sysctl", R"({"net.ipv4.conf.bt-a.forwarding": "1"})");
  bundle.set("/hooks", R"({"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c",
    "pid=$(grep -o '\"pid\":[0-9]*' | cut -d: -f2); nsenter -t $pid -n ip link show dev bt-a"]}]})");
  CHECK_THAT(run(bundle, "cat /proc/sys/net/ipv4/conf/bt-a/forwarding"), Prints("1\n"));
}

TEST_CASE_METHOD(Machine, "a device goes into a container with a user namespace (ND-1)",
                 "[netdevices][berth]") {
  const Cable cable("bt-a");
  ip("address add 192.0.2.7/24 dev bt-a");
  Bundle bundle = with_device(*this, cable).map_users(100000);
  Container box(*this, bundle);
  box.create();
  CHECK(contains(addresses("bt-a", box.pid()), "192.0.2.7/24"));
}

TEST_CASE_METHOD(Machine, "a name that ends in %d gets a number that is free (ND-2)",
                 "[netdevices][berth]") {
  const Holder holder(CLONE_NEWNET);
  ip("link add eth0 type veth peer name eth1", holder.pid());
  const Cable cable("bt-a"), other("bt-b");
  Bundle bundle = new_bundle().set("/linux/netDevices",
                                   R"({"bt-a": {"name": "eth%d"}, "bt-b": {"name": "eth%d"}})");
  bundle.drop_namespace("network").add_namespace("network", holder.path("net"));
  Container box(*this, bundle);
  box.create();
  ip("link show dev eth2", box.pid());
  ip("link show dev eth3", box.pid());
}

TEST_CASE_METHOD(
    Machine, "a name that is taken in the container is an error, and no device moves (ND-1 ND-2)",
    "[netdevices][berth]") {
  const Holder holder(CLONE_NEWNET);
  ip("link add eth1 type veth peer name x", holder.pid());
  const Cable cable("bt-a"), other("bt-b");
  ip("address add 192.0.2.7/24 dev bt-a valid_lft 1000 preferred_lft 1000");
  Bundle bundle = new_bundle().set("/linux/netDevices",
                                   R"({"bt-a": {"name": "eth0"}, "bt-b": {"name": "eth1"}})");
  bundle.drop_namespace("network").add_namespace("network", holder.path("net"));
  CHECK_THAT(run(bundle), Fails({"/linux/netDevices/bt-b", "eth1"}));
  // It was never away: this address would not have come back.
  CHECK(contains(ip("address show dev bt-a"), "192.0.2.7/24"));
  CHECK(other.is_here());
}

TEST_CASE_METHOD(Machine, "a device that is not here, or not to be moved, is refused first (ND-1)",
                 "[netdevices][berth]") {
  const Cable cable("bt-a");
  ip("link property add dev bt-a altname bt-other");
  const unsigned index = cable.index();
  for (const std::string name : {"bt-none", "lo", "bt-other"}) {
    INFO(name);
    Bundle bundle =
        new_bundle().set("/linux/netDevices", R"({"bt-a": {}, )" + json::quote(name) + ": {}}");
    CHECK_THAT(run(bundle), Fails({"/linux/netDevices/" + name}));
    CHECK(cable.index() == index);
  }
}

TEST_CASE_METHOD(Machine, "a name has at most 15 bytes, and no two devices the same (ND-2)",
                 "[netdevices][berth]") {
  const Cable cable("bt-a"), other("bt-b");
  Bundle bundle = with_device(*this, cable, R"({"name": "sixteen-bytes-xx"})");
  CHECK_THAT(run(bundle), Fails({"/linux/netDevices/bt-a/name", "15 bytes"}));
  bundle.set("/linux/netDevices", R"({"bt-a": {"name": "fifteen-bytes-x"}})");
  CHECK_THAT(run(bundle, "test -e /sys/class/net/fifteen-bytes-x"), Succeeds());
  const Cable again("bt-c");
  bundle.set("/linux/netDevices", R"({"bt-b": {"name": "x"}, "bt-c": {"name": "x"}})");
  CHECK_THAT(run(bundle), Fails({"/linux/netDevices/bt-c/name"}));
}

TEST_CASE_METHOD(Machine, "the container needs a network namespace that is not the host's (ND-1)",
                 "[netdevices][berth]") {
  const Cable cable("bt-a");
  Bundle bundle = with_device(*this, cable).drop_namespace("network");
  CHECK_THAT(run(bundle), Fails({"/linux/netDevices", "network"}));
  bundle.add_namespace("network", "/proc/self/ns/net");
  CHECK_THAT(run(bundle), Fails({"/linux/netDevices", "network namespace"}));
  CHECK(cable.is_here());
}

TEST_CASE_METHOD(
    Machine, "when create fails afterwards the devices are back as they were (RT-ERR-1 ND-1 SR-38)",
    "[netdevices][errors][berth]") {
  const Cable cable("bt-a"), idle("bt-b");
  ip("address add 192.0.2.7/24 label bt-a:x dev bt-a");
  ip("address add 169.254.3.4/16 scope link dev bt-a");
  ip("-6 address add 2001:db8::7/64 dev bt-a nodad");
  ip("link set bt-a up");
  const std::string before = addresses("bt-a");
  const Holder holder(CLONE_NEWNET);
  Bundle bundle = new_bundle().set("/linux/netDevices",
                                   R"({"bt-a": {"name": "eth0"}, "bt-b": {"name": "eth%d"}})");
  if (GENERATE(false, true)) {
    bundle.drop_namespace("network").add_namespace("network", holder.path("net"));
  }
  if (GENERATE(false, true)) {
    bundle.set("/hooks", R"({"createRuntime": [{"path": "/bin/false"}]})");
  } else {
    bundle.set("/linux/sysctl", R"({"net.ipv4.conf.none.forwarding": "1"})");
  }
  CHECK_THAT(run(bundle), Fails());
  CHECK(addresses("bt-a") == before);
  CHECK(contains(ip("link show dev bt-a"), ",UP"));
  CHECK_FALSE(contains(ip("link show dev bt-b"), ",UP"));
}

TEST_CASE_METHOD(Machine, "afterwards a device is the namespace's business (ND-5)",
                 "[netdevices][berth]") {
  const Holder holder(CLONE_NEWNET);
  const Cable cable("bt-a");
  Bundle bundle = with_device(*this, cable, R"({"name": "eth0"})");
  bundle.drop_namespace("network").add_namespace("network", holder.path("net"));
  CHECK_THAT(run(bundle, "true"), Succeeds());
  ip("link show dev eth0", holder.pid());
  CHECK_FALSE(cable.is_here());
}

}  // namespace
}  // namespace berth::test
