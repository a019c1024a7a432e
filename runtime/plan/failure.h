// What init reports, in words: it sends numbers (talk.h), because it has none of its own.
#pragma once

#include "runtime/plan/talk.h"
#include "spec/error.h"

namespace berth::plan {

/// The error for a Failed message: `mount 'wormfs': no such device`, its origin the JSON pointer of
/// the step. Whatever is in the message is read within its bounds: the sender lives beside hostile
/// files.
Error failure_of(const Message& message);

}  // namespace berth::plan
