#include "runtime/container/trace_file.h"

#include <string>

#include "runtime/container/context.h"
#include "runtime/linux/files/chosen_file.h"

namespace berth::container {

TraceFile::~TraceFile() {
  try {
    write();
  } catch (const std::exception& error) {
    note_failure(context_, "--trace: ", error);
  }
}

void TraceFile::write() const {
  constexpr mode_t kMode = 0644;
  if (!context_.trace_file.empty()) sys::replace_file(context_.trace_file, trace_.to_json(), kMode);
}

}  // namespace berth::container
