// The forms of texts and the ranges of numbers that the OCI documents and the kernel define.
#pragma once

#include <cstdint>

#include "spec/json/rules.h"

namespace berth::spec {

extern const Form kAbsolutePath;
extern const Form kNotEmpty;
extern const Form kVersion1;  ///< CF-VER-1, CF-VER-2
extern const Form kVariable;  ///< NAME=value
extern const Form kHostName;
extern const Form kDeviceAccess;  ///< the letters r, w, m
extern const Form kPageSize;      ///< 64KB, 2MB, 1GB
extern const Form kInterfaceName;
extern const Form kNumberList;      ///< 0-3,6
extern const Form kFileName;        ///< without a slash
extern const Form kClassOfService;  ///< the name of a resctrl group
extern const Form kOneWord;
extern const Form kOneLine;
extern const Form kBandwidthSchema;  ///< lines of resctrl's schemata

inline constexpr Range kPositive{1, INT64_MAX};
/// The highest uid or gid. The number above it means "no id" to the kernel; setresuid(2) would take
/// it as "unchanged" and leave the program root's uid.
inline constexpr std::uint32_t kLastId = UINT32_MAX - 1;
inline constexpr Range kId{0, kLastId};
/// The kernel's numbers have 12 and 20 bits; compiling checks whether the host accepts one.
inline constexpr Range kDeviceNumber{0, UINT32_MAX};

}  // namespace berth::spec
