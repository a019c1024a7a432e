// What fstat(2) says of a file, for those who have to know whose it is before they trust it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

struct FileFacts {
  uid_t uid = 0;
  mode_t mode = 0;  ///< type and permission bits
};

FileFacts facts_of(const Fd& fd, const std::string& name);
/// A symbolic link is not followed.
std::optional<FileFacts> facts_at_if_exists(const Dir& dir, const std::string& entry);

}  // namespace berth::sys
