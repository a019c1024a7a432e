#include "runtime/store/state_dir.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "runtime/linux/file.h"
#include "runtime/linux/file_facts.h"
#include "runtime/linux/lock.h"
#include "runtime/linux/privileges.h"
#include "runtime/linux/process.h"
#include "runtime/store/record_describe.h"
#include "spec/error.h"
#include "spec/json.h"

namespace berth::store {

namespace {

constexpr char kRecordFile[] = "record.json";
constexpr std::size_t kLargestRecord = std::size_t{32} << 20;  // annotations alone may be 16 MiB
constexpr mode_t kPrivateDir = 0700;
constexpr mode_t kPrivateFile = 0600;

bool is_id_character(char c) {
  const bool is_alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_alphanumeric || c == '_' || c == '+' || c == '.' || c == '-';
}

/// As a person can read it, whatever it is.
std::string words_for(char c) {
  if (c > ' ' && c <= '~') return std::string("'") + c + "'";
  std::array<char, 16> text = {};
  (void)std::snprintf(text.data(), text.size(), "byte 0x%02x", static_cast<unsigned char>(c));
  return text.data();
}

/// What was found and what is allowed; empty for an id.
std::string mistake_in(const std::string& id) {
  constexpr std::size_t kLongest = 255;
  const auto wrong = std::find_if_not(id.begin(), id.end(), is_id_character);
  if (wrong != id.end()) return "found " + words_for(*wrong) + ", allowed: A-Z a-z 0-9 _ + . -";
  if (id.empty() || id.size() > kLongest) {
    return "found " + std::to_string(id.size()) + " bytes, allowed: 1 to " +
           std::to_string(kLongest);
  }
  return id.front() == '.' ? "found '.' as first byte, allowed: A-Z a-z 0-9 _ + -" : "";
}

/// Whoever else can write there can make us signal any process, and remove any cgroup.
void check_private(const sys::Dir& root) {
  constexpr mode_t kWritableByOthers = 022;
  const sys::FileFacts owned = sys::facts_of(root.fd, root.name);
  if (owned.uid != sys::effective_uid()) {
    fail(ErrorKind::State, "state root '" + root.name + "' belongs to uid " +
                               std::to_string(owned.uid) + ", not to us");
  }
  if ((owned.mode & kWritableByOthers) != 0) {
    fail(ErrorKind::State, "state root '" + root.name + "' may be written by others", {},
         "chmod go-w, or another --root");
  }
}

std::optional<sys::Dir> open_root_if_exists(const std::string& path) {
  auto root = sys::open_dir_if_exists(path);
  if (root) check_private(*root);
  return root;
}

[[noreturn]] void fail_missing(const std::string& id) {
  fail(ErrorKind::State, "container '" + id + "' does not exist");
}

Record parse_record(const std::string& bytes, const std::string& file, const std::string& id) {
  Problems problems;
  auto record = spec::from_json<Record>(bytes, problems);
  if (record.version > Record::kVersion) {
    fail(ErrorKind::State, "'" + file + "' was written by a newer berth: format " +
                               std::to_string(record.version) + ", this one knows up to " +
                               std::to_string(Record::kVersion));
  }
  if (!problems.empty()) {
    const Problem& first = problems.list().front();
    fail(ErrorKind::State,
         "'" + file + "' is no record of a container: " + first.pointer + " " + first.message);
  }
  if (record.id != id) {
    fail(ErrorKind::State, "'" + file + "' is the record of container '" + record.id + "'");
  }
  return record;
}

}  // namespace

void check_id(const std::string& id) {
  const std::string wrong = mistake_in(id);
  if (!wrong.empty()) fail(ErrorKind::Config, wrong, "id");
}

std::string default_root() {
  const char* const runtime_dir = std::getenv("XDG_RUNTIME_DIR");
  const bool is_set = runtime_dir != nullptr && *runtime_dir != '\0';
  // The root of a user namespace is a user of the machine, whose /run is not its own.
  const bool is_root = sys::effective_uid() == 0 && !(is_set && sys::in_user_namespace());
  return (!is_root && is_set ? std::string(runtime_dir) : "/run") + "/berth";
}

StateDir::StateDir(sys::Dir dir, std::string root, std::string id, bool made_here)
    : dir_(std::move(dir)), root_(std::move(root)), id_(std::move(id)), made_here_(made_here) {}

StateDir StateDir::make(const std::string& root, const std::string& id) {
  check_id(id);
  auto parent = open_root_if_exists(root);
  if (!parent) {
    sys::make_dirs(root, kPrivateDir);
    parent = sys::open_dir(root);
    check_private(*parent);
  }
  if (!sys::mkdir_at(*parent, id, kPrivateDir)) {
    fail(ErrorKind::State, "container '" + id + "' already exists");
  }
  return {sys::open_dir_at(*parent, id), root, id, true};
}

StateDir StateDir::open(const std::string& root, const std::string& id) {
  auto found = open_if_exists(root, id);
  if (!found) fail_missing(id);
  return std::move(*found);
}

std::optional<StateDir> StateDir::open_if_exists(const std::string& root, const std::string& id) {
  check_id(id);
  const auto parent = open_root_if_exists(root);
  if (!parent) return std::nullopt;
  auto dir = sys::open_dir_at_if_exists(*parent, id);
  if (!dir) return std::nullopt;
  return StateDir(std::move(*dir), root, id, false);
}

StateDir::~StateDir() {
  // What cannot be removed is left with its Record, for `delete --force`.
  if (made_here_ && dir_.fd) (void)sys::try_remove_dir(dir_);
}

void StateDir::write(const Record& record) const {
  sys::replace_file_at(dir_, kRecordFile, spec::to_json(record), kPrivateFile);
}

std::optional<Record> StateDir::read() const {
  const auto bytes = sys::read_file_at_if_exists(dir_, kRecordFile, kLargestRecord);
  if (!bytes) return std::nullopt;
  return parse_record(*bytes, dir_.path_of(kRecordFile), id_);
}

std::optional<sys::Fd> StateDir::lock_if_exists() const {
  constexpr int kSeconds = 10;
  // The directory, not a file in it: then there is no container without its lock, and no lock file
  // that a second process makes again while the first one removes the container.
  sys::Fd fd = sys::open_at(dir_, ".", O_RDONLY | O_DIRECTORY);
  if (!sys::lock_file(fd, dir_.name, kSeconds * 1000)) {
    fail(ErrorKind::State, "container '" + id_ +
                               "' is busy: another command has held its lock for " +
                               std::to_string(kSeconds) + " s");
  }
  if (sys::is_removed(dir_)) return std::nullopt;
  return fd;
}

sys::Fd StateDir::lock() const {
  auto lock = lock_if_exists();
  if (!lock) fail_missing(id_);
  return std::move(*lock);
}

bool StateDir::is_locked() const {
  return sys::is_locked(sys::open_at(dir_, ".", O_RDONLY | O_DIRECTORY), dir_.name);
}

void StateDir::remove() {
  std::vector<std::string> names = sys::entries_of(dir_);
  // The Record goes last: as long as there is something, it says what.
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& name) { return name != kRecordFile; });
  for (const std::string& name : names) (void)sys::unlink_at(dir_, name);  // false: gone already
  (void)sys::rmdir_at(sys::open_dir(root_), id_);                          // false: gone already
  made_here_ = false;
}

std::vector<std::string> list_ids(const std::string& root) {
  const auto dir = open_root_if_exists(root);
  if (!dir) return {};
  std::vector<std::string> ids = sys::subdirs_of(*dir);
  std::erase_if(ids, [](const std::string& name) { return !mistake_in(name).empty(); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace berth::store
