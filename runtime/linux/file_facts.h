// The owner and mode of a file, which berth checks before it trusts the file. fstat(2)
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
/// Symbolic links are not followed.
std::optional<FileFacts> facts_at_if_exists(const Dir& dir, const std::string& entry);

}  // namespace berth::sys
