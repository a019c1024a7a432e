// A Plan as short lines for tests: side, instruction, #slot, texts, numbers, and the property that
// asked for it. `child place /data 1 <- /mounts/3`. Trailing zeros and empty texts are left out, an
// empty text before others is ''. Lists show their first entry.
#pragma once

#include <linux/mount.h>

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/plan/op_words.h"
#include "runtime/plan/plan.h"

namespace berth::plan {

struct BitName {
  std::uint64_t bits;
  const char* name;
};

inline std::string bit_names(std::uint64_t bits, const std::vector<BitName>& names) {
  std::string text;
  for (const BitName& row : names) {
    if ((bits & row.bits) != row.bits) continue;
    text += (text.empty() ? "" : ",") + std::string(row.name);
    bits &= ~row.bits;
  }
  return bits == 0 ? text : text + "?" + std::to_string(bits);
}

/// `+ro,noatime -atime`: what is set, and what is cleared; `atime` is the whole field.
inline std::string attribute_names(std::uint64_t set, std::uint64_t clear) {
  const std::vector<BitName> names = {{MOUNT_ATTR__ATIME, "atime"},
                                      {MOUNT_ATTR_RDONLY, "ro"},
                                      {MOUNT_ATTR_NOSUID, "nosuid"},
                                      {MOUNT_ATTR_NODEV, "nodev"},
                                      {MOUNT_ATTR_NOEXEC, "noexec"},
                                      {MOUNT_ATTR_NOATIME, "noatime"},
                                      {MOUNT_ATTR_STRICTATIME, "strictatime"},
                                      {MOUNT_ATTR_NODIRATIME, "nodiratime"},
                                      {MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow"}};
  std::string text;
  if (set != 0) text += " +" + bit_names(set, names);
  if (clear != 0) text += " -" + bit_names(clear, names);
  return text;
}

inline std::string propagation_name(std::uint64_t type) {
  return " " + bit_names(type, {{MS_SHARED, "shared"},
                                {MS_SLAVE, "slave"},
                                {MS_PRIVATE, "private"},
                                {MS_UNBINDABLE, "unbindable"}});
}

inline std::string numbers_text(const Step& step) {
  const auto& number = step.number;
  const std::string below = number[2] != 0 ? " all" : "";
  if (step.op == Op::Attributes) return attribute_names(number[0], number[1]) + below;
  if (step.op == Op::CreateFilesystem) return attribute_names(number[0], 0);
  if (step.op == Op::Propagation) return propagation_name(number[0]) + below;
  if (step.op == Op::DetachPropagation) return propagation_name(number[0]);
  std::size_t count = std::size(number);
  while (count > 0 && number[count - 1] == 0) --count;
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += " " + std::to_string(number[i]);
  return text;
}

inline std::string step_text(const Plan& plan, const Step& step) {
  std::string line = std::string(side_name(step.side)) + " " + std::string(op_name(step.op));
  if (step.slot != kNoSlot) line += " #" + std::to_string(step.slot);
  std::size_t count = std::size(step.text);
  while (count > 0 && step.text[count - 1] == 0) --count;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text = plan.text_at(step.text[i]);
    line += " " + (text.empty() ? "''" : text);
  }
  line += numbers_text(step);
  if (step.origin != 0) line += std::string(" <- ") + plan.text_at(step.origin);
  return line;
}

inline std::vector<std::string> plan_text(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Step& step : plan.steps) lines.push_back(step_text(plan, step));
  return lines;
}

/// The pointers of all problems; an Unsupported one has a `?` in front.
inline std::vector<std::string> problem_text(const Problems& problems) {
  std::vector<std::string> pointers;
  for (const Problem& problem : problems.list()) {
    pointers.push_back((problem.kind == ErrorKind::Unsupported ? "?" : "") + problem.pointer);
  }
  return pointers;
}

}  // namespace berth::plan
