// The form of a container's id: it is safe as a file name and in a log.
#pragma once

#include <string>

namespace berth::store {

/// Throws a Config error with the origin `id` unless the id matches [A-Za-z0-9_+.-]{1,255} and does
/// not begin with a dot.
void check_id(const std::string& id);

/// Whether check_id() accepts the name.
bool is_id(const std::string& name);

}  // namespace berth::store
