#include <catch2/catch.hpp>

#include <fcntl.h>

#include "runtime/linux/files/file.h"
#include "runtime/linux/files/lock.h"
#include "tests/unit/other_process.h"
#include "tests/unit/temporary_directory.h"

namespace berth::sys {
namespace {

Fd open_lock(const TemporaryDirectory& place) {
  return open(place / "lock", O_RDWR | O_CREAT, 0600);
}

TEST_CASE("a lock belongs to one process at a time, which the kernel names (SR-35)") {
  const TemporaryDirectory place;
  const Fd ours = open_lock(place);
  CHECK_FALSE(lock_holder(ours, "lock"));
  Fd theirs;
  OtherProcess other([&] {
    theirs = open_lock(place);
    (void)lock_file(theirs, "lock", 0);
  });
  CHECK(lock_holder(ours, "lock") == other.pid());
  CHECK_FALSE(lock_file(ours, "lock", 5));
  other.end();
  CHECK_FALSE(lock_holder(ours, "lock"));
  CHECK(lock_file(ours, "lock", 0));
  CHECK_FALSE(lock_holder(ours, "lock"));  // it is about other processes
}

TEST_CASE("asking for the holder of a lock does not keep a process from taking it (SR-35)") {
  const TemporaryDirectory place;
  const Fd ours = open_lock(place);
  Fd theirs;
  const OtherProcess asking([&] {
    theirs = open(place / "lock", O_RDONLY);  // enough to ask
    (void)lock_holder(theirs, "lock");
  });
  CHECK_FALSE(lock_holder(ours, "lock"));
  CHECK(lock_file(ours, "lock", 0));
}

}  // namespace
}  // namespace berth::sys
