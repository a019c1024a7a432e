#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "runtime/linux/files/file.h"
#include "runtime/linux/process/own_process.h"

namespace berth::sys {
namespace {

/// Numbers that nothing has, some way up, so that nothing takes them meanwhile.
std::vector<std::uint32_t> free_numbers() {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t fd = 200; numbers.size() < 3; ++fd) {
    if (!is_open(static_cast<int>(fd))) numbers.push_back(fd);
  }
  return numbers;
}

TEST_CASE("SR-15: an occupied number is not given to what is opened next") {
  const std::vector<std::uint32_t> numbers = free_numbers();
  reserve_fds(numbers);
  for (const std::uint32_t number : numbers) {
    const int fd = static_cast<int>(number);
    CHECK(is_open(fd));
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(::close(fd) == 0);
  }
}

TEST_CASE("SR-15: the lowest free number, where the next file would go, is occupied as well") {
  const auto lowest = static_cast<std::uint32_t>(open("/dev/null", O_RDONLY).get());
  reserve_fds({lowest});
  CHECK(is_open(static_cast<int>(lowest)));
  CHECK(open("/dev/null", O_RDONLY).get() != static_cast<int>(lowest));
  CHECK(::close(static_cast<int>(lowest)) == 0);
}

TEST_CASE("numbers that no file can have are left alone") {
  CHECK_NOTHROW(reserve_fds({std::uint32_t{1} << 30}));
}

}  // namespace
}  // namespace berth::sys
