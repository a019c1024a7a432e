// What fstat(2) says of a file, for those who have to know whose it is before they trust it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

struct FileFacts {
  uid_t uid = 0;
  mode_t mode = 0;  ///< type and permission bits
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds of CLOCK_REALTIME
};

FileFacts facts_of(const Fd& fd, const std::string& name);
/// A symbolic link is not followed.
std::optional<FileFacts> facts_at_if_exists(const Dir& dir, const std::string& entry);

/// Modified now. futimens(3)
void touch(const Fd& fd, const std::string& name);

}  // namespace berth::sys
