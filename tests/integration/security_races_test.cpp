// A neighbour on a shared volume exchanges a directory with a link to the host all the time, while
// containers are made that mount, make and mask below it.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// Exchanges two names of a directory for as long as it lives.
class Exchanger {
 public:
  Exchanger(const std::string& one, const std::string& other)
      : child_({.argv = {"true"}, .prepare = [=] {
                  constexpr unsigned kExchange = 2;  // RENAME_EXCHANGE
                  for (;;) {
                    syscall(SYS_renameat2, AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(),
                            kExchange);
                  }
                }}) {}

 private:
  Child child_;
};

/// Every file of a directory with its type, mode, owner and content.
std::vector<std::string> inventory(const std::string& directory) {
  std::vector<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    struct stat status = {};
    REQUIRE(lstat(entry.path().c_str(), &status) == 0);
    lines.push_back(entry.path().string() + " " + std::to_string(status.st_mode) + " " +
                    std::to_string(status.st_uid) + " " + std::to_string(status.st_rdev) + " " +
                    (S_ISREG(status.st_mode) ? read_file(entry.path()) : ""));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_CASE_METHOD(Machine,
                 "links that a neighbour exchanges while a container is made lead nowhere "
                 "(SR-1 SR-2 SR-3)",
                 "[security][races]") {
  constexpr int kTries = 60;
  const std::string victim = new_directory("victim");
  write_file(victim + "/secret", "of the host", 0600);
  Bundle bundle = new_bundle();
  fs::create_directory(bundle.in_image("/volume"));
  fs::create_directory(bundle.in_image("/volume/real"));
  write_file(bundle.in_image("/volume/real/secret"), "of the image");
  fs::create_symlink(victim, bundle.in_image("/volume/false"));
  write_file(place() + "/file", "bound");
  bundle.add_mount("tmpfs", "tmpfs", "/volume/real/a/b", {"nosuid"})
      .add_mount("bind", place() + "/file", "/volume/real/c/file", {"bind"})
      .set("/linux/maskedPaths/-", R"("/volume/real/secret")")
      .set("/linux/devices", R"([{"path": "/volume/real/d/null", "type": "c", "major": 1,
                                  "minor": 3, "uid": 7}])")
      .set("/process/cwd", R"("/volume/real/e/f")")
      .args({"true"});
  const std::vector<std::string> before = inventory(victim);
  const Exchanger neighbour(bundle.in_image("/volume/real"), bundle.in_image("/volume/false"));
  int made = 0;
  for (int i = 0; i < kTries; ++i) {
    const Outcome outcome = run(bundle);
    // The link leads to a place that the image does not have: refused, or made inside.
    if (outcome.status == 0) ++made;
    REQUIRE(inventory(victim) == before);
  }
  CHECK(made > 0);
}

}  // namespace
}  // namespace berth::test
