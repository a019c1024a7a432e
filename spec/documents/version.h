// The version of the OCI runtime specification that berth implements.
#pragma once

namespace berth::spec {

inline constexpr char kOciVersion[] = "1.3.0";

}  // namespace berth::spec
