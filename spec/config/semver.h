// Compares versions of the specification as SemVer 2.0.0 does.
#pragma once

#include <string_view>

namespace berth::spec {

/// Whether a valid version is older than the release 1.`minor`.0, which its pre-releases precede:
/// `1.3.0-rc.1` is older than 1.3.0, `1.3.0+dev` is not.
bool is_older_than_minor(std::string_view version, unsigned minor);

}  // namespace berth::spec
