// Prepares a process that starts containers, for their sake and its caller's, before it does
// anything.
#pragma once

namespace berth::container {

/// Descriptors 0 to 2 exist, and all above are close-on-exec; broken pipes and files that get too
/// large are errors instead of signals; no other process can read berth's memory, and it is not
/// dumped; files get the modes that berth gives. System error if the stack limit is too small.
void prepare_process();

}  // namespace berth::container
