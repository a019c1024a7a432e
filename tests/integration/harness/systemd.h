// Containers in scopes of systemd, for machines where systemd manages a cgroup v2 tree.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/harness/container.h"

namespace berth::test {

/// The word by which berth is asked for a scope.
constexpr const char* kFlag = "--systemd-cgroup";

bool has_systemd();
/// Whether the test cannot run here: says so, visibly.
bool is_skipped();

/// Runs systemctl, which must succeed; what it prints, without the last newline.
std::string systemctl(std::vector<std::string> args);
std::string unit_of(const std::string& id);
std::string property(const std::string& unit, const std::string& name);
/// The units of this test's containers that systemd knows.
std::string units();

/// A machine whose containers are in scopes. In the end systemd has to know none of them.
class Systemd : public Machine {
 public:
  ~Systemd();

  Command create_command(const Bundle& bundle, const std::string& id);
  void create(const Bundle& bundle, Container& box);
};

/// The first line of a file of the container's cgroup.
std::string in_cgroup(const std::string& id, const std::string& file);

/// Limits of four controllers, and a program that stays.
Bundle& with_limits(Bundle& bundle);
/// Whether the kernel has these limits.
void check_limits(const std::string& id);

}  // namespace berth::test
