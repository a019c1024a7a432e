// Checks the values of flags; each check throws Error with the flag as its origin.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

namespace berth::cli {

void require_one_of(const char* flag, const std::string& value,
                    std::initializer_list<const char*> allowed);

/// For a flag that other runtimes have. `what` is the part of it that berth lacks.
void refuse_if(bool given, const char* flag, const std::string& what = {});

std::uint32_t number_of(const char* flag, const std::string& value);

/// Milliseconds, at least 1, of a time as Go's programs take it (`1m30s`, `0.5s`, `200ms`) or in
/// seconds (`5`).
int duration_of(const char* flag, const std::string& value);

}  // namespace berth::cli
