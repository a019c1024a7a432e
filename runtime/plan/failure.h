// Turns what init reports into errors. Init sends numbers (talk.h), because it formats no text.
#pragma once

#include "runtime/plan/talk.h"
#include "spec/error.h"

namespace berth::plan {

/// The error for a Failed message: `mount 'wormfs': no such device`, its origin the JSON pointer of
/// the step. The message is read within its bounds whatever it contains, because its sender works
/// beside hostile files.
Error failure_of(const Message& message);

}  // namespace berth::plan
