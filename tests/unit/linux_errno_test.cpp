#include <catch2/catch.hpp>
#include <cerrno>

#include "runtime/linux/base/system_error.h"

namespace berth::sys {
namespace {

TEST_CASE("the words of an errno are those that engines search for, in every build (RT-ERR-1)") {
  CHECK(errno_text(ENOENT) == "no such file or directory");
  CHECK(errno_text(EACCES) == "permission denied");
  CHECK(errno_text(EISDIR) == "is a directory");
  CHECK(errno_text(ENOTDIR) == "not a directory");
  CHECK(errno_text(ESRCH) == "no such process");
  CHECK(errno_text(ENOEXEC) == "exec format error");
  // Of these the C libraries have different ones.
  CHECK(errno_text(ENOMEM) == "cannot allocate memory");
  CHECK(errno_text(EIO) == "input/output error");
  CHECK(errno_text(ELOOP) == "too many levels of symbolic links");
}

TEST_CASE("an errno without words is its number (RT-ERR-1)") {
  CHECK(errno_text(4095) == "error 4095");
}

}  // namespace
}  // namespace berth::sys
