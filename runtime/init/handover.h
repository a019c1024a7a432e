// What the host says: runtime/plan/talk.h.
#pragma once

#include <cstddef>

#include "runtime/init/state.h"

namespace berth::init {

/// Nothing: the other side went away without a word. Failed: see errno.
enum class Heard { Go, Nothing, Failed, Other };

/// The descriptors that came with an answer, and where each belongs.
struct Luggage {
  int fds[plan::kMostFds];
  std::int32_t slots[plan::kMostFds];
  std::size_t count = 0;
};

/// Waits for an answer.
Heard hear(int socket, Luggage& luggage);

/// False: there is no such slot, or it is filled.
bool fill_slot(Init& init, std::int32_t slot, int fd);

/// Waits for the plan, and maps it: all of Init is set. False: there is none, or it is not one.
bool receive_image(Init& init, int socket);

void run(Init& init, const plan::Synchronize& step);
void run(Init& init, const plan::CloseDescriptors& step);
void run(Init& init, const plan::WaitForStart& step);
void run(Init& init, const plan::AnnounceProgram& step);

}  // namespace berth::init
