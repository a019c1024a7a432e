// The system calls that libseccomp knows, as a table that is made when berth is built: their names
// in order, and their numbers in the usual architectures of this machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace berth::sys {

/// The place of a call's name in the order of all names.
using CallId = std::uint16_t;

std::size_t call_count();
/// Nothing if libseccomp does not know the name.
std::optional<CallId> find_call(std::string_view name);
/// Followed by a NUL.
std::string_view call_name(CallId id);

/// A call may have several numbers: one of its own, and a negative one as a call of socketcall(2)
/// or ipc(2), as libseccomp numbers these.
struct CallNumber {
  std::int32_t number;
  CallId id;
};
/// All that libseccomp knows in an architecture, in the order of the numbers; nothing if the
/// architecture is not in the table.
std::optional<std::span<const CallNumber>> call_numbers(std::uint32_t architecture);

}  // namespace berth::sys
