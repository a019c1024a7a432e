// An image with a step that there is not. make_image() takes valid plans only, so the opcode is
// changed in the image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "runtime/launch/image.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/memfd.h"
#include "runtime/plan/plan.h"

namespace berth::test {

/// The image of `plan`, but the opcode of its last step is beyond the last one that there is.
inline sys::Fd image_with_unknown_end(const plan::Plan& plan) {
  const sys::Fd image = launch::make_image(plan);
  std::string bytes = sys::read_file("/proc/self/fd/" + std::to_string(image.get()));
  const std::uint16_t op = plan::kStepTypes;
  const std::size_t last = sizeof(plan::Image) + (plan.steps.size() - 1) * sizeof(plan::Step);
  std::memcpy(bytes.data() + last + offsetof(plan::Step, op), &op, sizeof op);
  return sys::sealed_memfd("berth-plan", bytes.data(), bytes.size());
}

}  // namespace berth::test
