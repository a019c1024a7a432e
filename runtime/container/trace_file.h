// Writes `--trace FILE` for a whole verb when the verb ends, however it ends.
#pragma once

#include "runtime/container/context.h"
#include "runtime/launch/trace.h"

namespace berth::container {

class TraceFile {
 public:
  explicit TraceFile(Context& context) : context_(context), trace_(!context.trace_file.empty()) {}
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  /// Writes the file, if one was asked for. If that fails, it does not change how the verb ends,
  /// because its work is done.
  ~TraceFile();

  launch::Trace& trace() { return trace_; }

 private:
  void write() const;

  Context& context_;
  launch::Trace trace_;
};

}  // namespace berth::container
