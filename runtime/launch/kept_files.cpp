#include "runtime/launch/kept_files.h"

#include <fcntl.h>

#include <string>

#include "runtime/linux/files/file.h"
#include "spec/config/read_config.h"
#include "spec/error.h"
#include "spec/json/json.h"

namespace berth::launch {

namespace {

constexpr char kConfigFile[] = "exec.json";
constexpr char kFilterFile[] = "seccomp.bpf";
constexpr std::size_t kLargest = spec::Document::kMaxBytes;

void keep(const sys::Dir& state_dir, const char* name, const std::string& bytes) {
  constexpr mode_t kPrivate = 0600;
  const sys::Fd file =
      sys::open_at(state_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kPrivate);
  sys::write_all(file, bytes, state_dir.path_of(name));
}

[[noreturn]] void fail_missing(const sys::Dir& state_dir, const char* name) {
  fail(ErrorKind::State, "'" + state_dir.path_of(name) + "' is missing", {},
       "the container was created by an older berth, which knew no exec");
}

}  // namespace

void keep_config(const sys::Dir& state_dir, const spec::Config& config) {
  keep(state_dir, kConfigFile, spec::to_json(config));
}

void keep_filter(const sys::Dir& state_dir, const sys::Fd& filter) {
  keep(state_dir, kFilterFile, sys::read_all(filter, kFilterFile));
}

spec::Config read_kept_config(const sys::Dir& state_dir) {
  const auto bytes = sys::read_file_at_if_exists(state_dir, kConfigFile, kLargest);
  if (!bytes) fail_missing(state_dir, kConfigFile);
  Problems problems;
  spec::Config config = spec::read_config(*bytes, problems);
  fail_if_any(problems, state_dir.path_of(kConfigFile));
  return config;
}

sys::Fd open_kept_filter(const sys::Dir& state_dir) {
  auto file = sys::open_at_if_exists(state_dir, kFilterFile, O_RDONLY | O_NOFOLLOW);
  if (!file) fail_missing(state_dir, kFilterFile);
  return std::move(*file);
}

}  // namespace berth::launch
