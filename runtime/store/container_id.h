// What may be the id of a container: a name that is safe as a file name and in a log.
#pragma once

#include <string>

namespace berth::store {

/// Throws (Config, `id`) unless it is [A-Za-z0-9_+.-]{1,255} and does not begin with a dot.
void check_id(const std::string& id);

/// The same as an answer.
bool is_id(const std::string& name);

}  // namespace berth::store
