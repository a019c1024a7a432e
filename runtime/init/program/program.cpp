#include "runtime/init/program/program.h"

#include <string.h>
#include <sys/mman.h>

#include "runtime/init/base/report.h"

namespace berth::init {

namespace {

/// Stores pointers to consecutive texts, and a null; returns the place behind it.
const char** point(const char** at, const char* text, std::uint64_t count) {
  for (; count > 0; --count, text += strlen(text) + 1) *at++ = text;
  *at++ = nullptr;
  return at;
}

}  // namespace

Vectors make_vectors(const Init& init, plan::Text path, plan::TextList arguments,
                     plan::TextList variables) {
  constexpr std::uint64_t kOthers = 3;  // two nulls, and the path
  void* memory = mmap(nullptr, (arguments.count + variables.count + kOthers) * sizeof(char*),
                      PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) report(init, Fault::SystemCall, errno);
  Vectors vectors{.arguments = static_cast<const char**>(memory), .variables = nullptr};
  vectors.variables = arguments.count == 0 ? point(vectors.arguments, init.text(path), 1)
                                           : point(vectors.arguments, init.text({arguments.offset}),
                                                   arguments.count);
  point(vectors.variables, init.text({variables.offset}), variables.count);
  return vectors;
}

}  // namespace berth::init
