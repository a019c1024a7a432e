// Receives what the host sends: runtime/plan/talk.h.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

enum class Reply {
  Go,
  More,    ///< descriptors; another message follows
  Closed,  ///< the other side has closed without a message
  Failed,  ///< see errno
  Other,   ///< out of phase
};

/// Waits for Go, or for what comes instead. The descriptors that come with it and before it are in
/// their slots afterwards.
Reply receive_answer(Init& init, int socket);

void run(Init& init, const plan::Synchronize& step);
void run(Init& init, const plan::CloseDescriptors& step);
void run(Init& init, const plan::OutliveBerth& step);
void run(Init& init, const plan::WaitForStart& step);
void run(Init& init, const plan::AnnounceProgram& step);

}  // namespace berth::init
