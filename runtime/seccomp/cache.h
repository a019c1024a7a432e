// Compiled filters, kept by what they were compiled from: a large profile takes milliseconds, and
// most containers have the same one. A directory of the state root with a file for each.
#pragma once

#include <optional>
#include <string>

#include "runtime/linux/fd.h"
#include "runtime/seccomp/compile.h"

namespace berth::seccomp {

/// What the program depends on: the filter, libseccomp, and how we compile.
std::string cache_key(const plan::SeccompFilter& filter);

class Cache {
 public:
  /// Keeps so many; the least recently used one has to go for another.
  static constexpr std::size_t kMostEntries = 64;

  /// Of a state root that exists. Off, so that it finds and keeps nothing, unless its directory can
  /// be made and is ours alone: whoever can write there decides what containers may do.
  explicit Cache(const std::string& root);

  bool is_on() const { return static_cast<bool>(directory_.fd); }

  /// Only what was stored under exactly this key, in a file that is ours alone and whole.
  std::optional<Program> find(const std::string& key) const;
  /// Readers see the whole file or none. Takes the place of one that find() does not accept. Does
  /// nothing where there is no room for it.
  void store(const std::string& key, const Program& program) const;

 private:
  void make_room() const;

  sys::Dir directory_;  ///< without a descriptor: off
};

}  // namespace berth::seccomp
