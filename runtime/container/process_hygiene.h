// What a process that starts containers owes them and its caller before it does anything.
#pragma once

namespace berth::container {

/// Descriptors 0 to 2 exist, everything above is close-on-exec; broken pipes, and files that get
/// too large, are errors instead of signals; our memory is nobody's to read or to dump; files get
/// the modes we say. An error when the stack may not grow as far as we need it.
void prepare_process();

}  // namespace berth::container
