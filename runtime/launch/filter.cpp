#include "runtime/launch/filter.h"

#include "runtime/linux/file.h"
#include "runtime/seccomp/cache.h"

namespace berth::launch {

namespace {

sys::Fd in_memory(const seccomp::Program& program) {
  return sys::sealed_memfd("berth-seccomp", program.data(), program.size() * sizeof(sock_filter));
}

std::optional<seccomp::Program> find(const seccomp::Cache& cache, const std::string& key,
                                     Trace& trace) {
  const Trace::Span span(trace, "seccomp: look into the cache");
  return cache.find(key);
}

sys::Fd compile(const plan::SeccompFilter& filter, const seccomp::Cache& cache,
                const std::string& key, Trace& trace) {
  const Trace::Span span(trace, "seccomp: cache miss, compile");
  const seccomp::Program program = seccomp::compile(filter);
  cache.store(key, program);
  return in_memory(program);
}

}  // namespace

sys::Fd make_filter(const plan::SeccompFilter& filter, const std::string& state_root,
                    Trace& trace) {
  const seccomp::Cache cache(state_root);
  const std::string key = seccomp::cache_key(filter);
  const auto program = find(cache, key, trace);
  if (!program) return compile(filter, cache, key, trace);
  const Trace::Span span(trace, "seccomp: cache hit");
  return in_memory(*program);
}

}  // namespace berth::launch
