#include "runtime/seccomp/cache.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "runtime/linux/file.h"
#include "runtime/linux/file_facts.h"
#include "runtime/linux/process.h"
#include "runtime/linux/seccomp.h"
#include "spec/error.h"

namespace berth::seccomp {

namespace {

/// No container has such an id.
constexpr char kDirectory[] = ".seccomp";
constexpr mode_t kPrivateDirectory = 0700, kPrivateFile = 0600;
constexpr mode_t kOfOthers = 077;
constexpr std::size_t kLargest = std::size_t{1} << 20;

/// Another berth may make another program of the filter: what a faulty one has left is not to
/// outlive its mending.
constexpr char kThisBerth[] = "berth " BERTH_VERSION " " BERTH_COMMIT;

/// A file: this, the key, the instructions.
struct Header {
  std::array<char, 8> magic = {'b', 'e', 'r', 't', 'h', 'B', 'P', 'F'};
  std::uint64_t key_size = 0;
  std::uint64_t instruction_count = 0;
};

/// FNV-1a. It only has to spread names: the key in the file is what is compared.
std::string name_of(const std::string& key) {
  constexpr std::uint64_t kBasis = 0xcbf29ce484222325, kPrime = 0x100000001b3;
  constexpr int kDigits = 16, kBitsPerDigit = 4;
  std::uint64_t hash = kBasis;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  std::string name;
  for (int digit = 0; digit < kDigits; ++digit, hash >>= kBitsPerDigit) {
    name += "0123456789abcdef"[hash & 0xf];
  }
  return name;
}

bool is_ours_alone(const sys::FileFacts& facts, mode_t type) {
  return facts.uid == sys::effective_uid() && (facts.mode & S_IFMT) == type &&
         (facts.mode & kOfOthers) == 0;
}

std::optional<Program> program_in(const std::string& bytes, const std::string& key) {
  Header header;
  const Header expected;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t count = header.instruction_count;
  const bool is_whole = header.magic == expected.magic && header.key_size == key.size() &&
                        count > 0 && count <= kMostInstructions &&
                        bytes.size() == sizeof header + key.size() + count * sizeof(sock_filter);
  if (!is_whole || bytes.compare(sizeof header, key.size(), key) != 0) return std::nullopt;
  Program program(count);
  std::memcpy(program.data(), bytes.data() + sizeof header + key.size(),
              count * sizeof(sock_filter));
  return program;
}

/// A container needs its filter, not the cache: what fails here, for want of room or on a file
/// system that is read-only, has no result.
template <class Attempt>
auto result_of(Attempt attempt) -> decltype(attempt()) {
  try {
    return attempt();
  } catch (const Error&) {
    return {};
  }
}

/// Empty unless it is ours alone.
sys::Dir open_private(const std::string& root) {
  const sys::Dir parent = sys::open_dir(root);
  constexpr mode_t kWritableByOthers = 022;
  const sys::FileFacts facts = sys::facts_of(parent.fd, parent.name);
  if (facts.uid != sys::effective_uid() || (facts.mode & kWritableByOthers) != 0) return {};
  (void)sys::mkdir_at(parent, kDirectory, kPrivateDirectory);  // false: there already
  auto found = sys::open_at_if_exists(parent, kDirectory, O_PATH | O_NOFOLLOW);
  if (!found || !is_ours_alone(sys::facts_of(*found, kDirectory), S_IFDIR)) return {};
  return {std::move(*found), parent.path_of(kDirectory)};
}

std::optional<Program> read_program(const sys::Dir& directory, const std::string& key) {
  const std::string name = name_of(key);
  // What is no regular file is not to hold us up, and not to lead elsewhere.
  const auto facts_before = sys::facts_at_if_exists(directory, name);
  if (!facts_before || !is_ours_alone(*facts_before, S_IFREG)) return std::nullopt;
  const auto file = sys::open_at_if_exists(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) return std::nullopt;
  const sys::FileFacts facts = sys::facts_of(*file, name);
  if (!is_ours_alone(facts, S_IFREG) || facts.size > kLargest) return std::nullopt;
  auto program = program_in(sys::read_all(*file, directory.path_of(name), kLargest), key);
  if (program) sys::touch(*file, name);
  return program;
}

}  // namespace

std::string cache_key(const plan::SeccompFilter& filter) {
  return std::string(kThisBerth) + ", libseccomp " + sys::libseccomp_version() + "\n" +
         plan::text_of(filter);
}

Cache::Cache(const std::string& root) : directory_(result_of([&] { return open_private(root); })) {}

std::optional<Program> Cache::find(const std::string& key) const {
  if (!is_on()) return std::nullopt;
  return result_of([&] { return read_program(directory_, key); });
}

void Cache::store(const std::string& key, const Program& program) const {
  const Header header{.key_size = key.size(), .instruction_count = program.size()};
  const std::size_t size = program.size() * sizeof(sock_filter);
  if (!is_on() || sizeof header + key.size() + size > kLargest) return;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += key;
  bytes.append(reinterpret_cast<const char*>(program.data()), size);
  (void)result_of([&] {
    make_room();
    sys::replace_file_at(directory_, name_of(key), bytes, kPrivateFile);
    return true;
  });
}

/// Also what a killed berth has left half-written grows old and goes.
void Cache::make_room() const {
  std::vector<std::pair<std::int64_t, std::string>> entries;
  for (const std::string& name : sys::entries_of(directory_)) {
    const auto facts = sys::facts_at_if_exists(directory_, name);
    if (facts) entries.emplace_back(facts->modified, name);
  }
  std::sort(entries.begin(), entries.end());
  for (std::size_t i = 0; i + kMostEntries <= entries.size(); ++i) {
    (void)sys::unlink_at(directory_, entries[i].second);  // false: another berth was faster
  }
}

}  // namespace berth::seccomp
