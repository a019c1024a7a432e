#include "runtime/compile/files/mount_request.h"

#include <linux/mount.h>

#include <algorithm>
#include <string_view>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/overlay.h"
#include "runtime/linux/files/path_text.h"

namespace berth::plan {

namespace {

using Kind = MountRequest::Kind;

constexpr std::string_view kRealDirectories[] = {"/proc", "/sys", "/dev"};

// Files that a file system like lxcfs replaces, and two that are harmless to hide. A mount over
// anything else in /proc could deceive programs that trust procfs. CVE-2019-16884
constexpr std::string_view kCoverable[] = {
    "/proc/cpuinfo",
    "/proc/diskstats",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/slabinfo",
    "/proc/stat",
    "/proc/swaps",
    "/proc/uptime",
    "/proc/sys/kernel/ns_last_pid",
    "/proc/sys/crypto/fips_enabled",
};

template <class Words>
bool holds(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != std::end(words);
}

Kind kind_of(const MountOptions& options, const std::string& type) {
  if (options.remount) return options.bind ? Kind::RemountBind : Kind::Remount;
  if (options.bind) return Kind::Bind;
  return type == "cgroup" || type == "cgroup2" ? Kind::Cgroup : Kind::Filesystem;
}

void check_source(const MountRequest& request, Builder& builder) {
  if (request.kind == Kind::Bind && request.source.empty()) {
    builder.problems.add(request.pointer + "/source", "a bind mount needs a source");
  }
  if (request.kind != Kind::Filesystem) return;
  if (request.type.empty()) {
    builder.problems.add(request.pointer + "/type",
                         "a mount needs a type, or an option 'bind' or 'rbind'");
  } else if (request.type == "bind" || request.type == "rbind") {
    builder.problems.add(
        request.pointer + "/type",
        "'" + request.type + "' is not a file system: add '" + request.type + "' to the options");
  }
}

/// Reports words that do not fit the kind of mount.
void check_words(const MountRequest& request, Builder& builder) {
  const MountOptions& options = request.options;
  const bool is_bind = request.kind == Kind::Bind;
  const bool is_tmpfs = request.kind == Kind::Filesystem && request.type == "tmpfs";
  const struct {
    const std::string& origin;
    bool fits;
    const char* text;
  } words[] = {
      {options.copy_up, is_tmpfs, "'tmpcopyup' is for a new tmpfs"},
      {options.source_link, is_bind, "'src-nofollow' is for a bind mount"},
      {options.destination_link, is_bind, "'dest-nofollow' is for a bind mount"},
      {options.copied_source_link, is_bind, "'copy-symlink' is for a bind mount"},
  };
  for (const auto& word : words) {
    if (!word.origin.empty() && !word.fits) builder.problems.add(word.origin, word.text);
  }
}

/// Whether this is the container's procfs, which a later one may cover.
bool is_proc(const MountRequest& request) {
  return request.kind == Kind::Filesystem && request.type == "proc" &&
         request.destination == "/proc";
}

void check_destination(const MountRequest& request, Builder& builder) {
  const std::string& destination = request.destination;
  const std::string pointer = request.pointer + "/destination";
  if (destination == "/") {
    builder.problems.add(pointer, "'/' is the root itself, which root.path says");
  }
  if (destination == "/proc" && request.kind == Kind::Filesystem && request.type != "proc") {
    builder.problems.add(request.pointer + "/type", "on /proc only a file system 'proc' can be");
  }
  if (!sys::is_below(destination, "/proc") || holds(kCoverable, destination)) return;
  std::string allowed;
  for (const std::string_view path : kCoverable) allowed.append(" ").append(path);
  builder.problems.add(pointer, "'" + destination + "' is inside /proc, where only these can be " +
                                    "mounted over:" + allowed);
}

PlaceRules place_rules(const MountRequest& request, const std::vector<MountRequest>& earlier) {
  const std::string& destination = request.destination;
  const bool is_new = request.kind == Kind::Filesystem;
  const bool is_kernels = is_new && (request.type == "proc" || request.type == "sysfs");
  const bool covers_proc = is_proc(request) && std::ranges::any_of(earlier, is_proc);
  return {.no_symlinks = is_kernels || holds(kRealDirectories, destination),
          .may_cover_proc = covers_proc || sys::is_below(destination, "/proc"),
          .onto_link = !request.options.destination_link.empty(),
          .copies_link = !request.options.copied_source_link.empty(),
          .only_proc = destination == "/proc" && !is_new};
}

/// A mount that init has to write to becomes read-only later, and as a mount alone: init puts
/// devices, symbolic links and the console into /dev, and its content into a copy.
void make_late_read_only(MountRequest& request) {
  const bool is_dev = request.kind == Kind::Filesystem && request.destination == "/dev";
  if (!is_dev && request.options.copy_up.empty()) return;
  request.late_read_only = is_dev && (request.options.new_attributes() & MOUNT_ATTR_RDONLY) != 0;
  std::erase_if(request.options.filesystem, [](const FilesystemWord& word) {
    return word.kind == FilesystemWord::Kind::Flag && word.key == "ro";
  });
}

MountRequest read_mount(const spec::Mount& mount, const std::string& pointer,
                        const std::vector<MountRequest>& earlier, Builder& builder) {
  MountRequest request;
  request.pointer = pointer;
  request.destination = sys::clean_path(mount.destination);
  request.type = mount.type;
  request.source = mount.source;
  request.options = read_mount_options(mount.options, pointer + "/options", builder);
  request.kind = kind_of(request.options, mount.type);
  check_source(request, builder);
  check_words(request, builder);
  fit_values(request, builder);
  if (!request.options.remount) {
    check_destination(request, builder);
    request.place_rules = place_rules(request, earlier);
  }
  if (request.options.bind) {
    refuse_filesystem_words(request.options, ErrorKind::Config, builder);
  }
  if (request.kind == Kind::Bind) {
    request.source = sys::bundle_path(builder.request.bundle, request.source);
  }
  make_late_read_only(request);
  return request;
}

}  // namespace

std::vector<MountRequest> read_mounts(const std::vector<spec::Mount>& mounts, Builder& builder) {
  std::vector<MountRequest> requests;
  requests.reserve(mounts.size());
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    requests.push_back(read_mount(mounts[i], "/mounts/" + std::to_string(i), requests, builder));
  }
  return requests;
}

bool brings_own_dev(const std::vector<MountRequest>& mounts) {
  return std::ranges::any_of(mounts, [](const MountRequest& request) {
    return request.kind == Kind::Bind && request.destination == "/dev";
  });
}

void refuse_filesystem_words(const MountOptions& options, ErrorKind kind, Builder& builder) {
  using Word = FilesystemWord::Kind;
  for (const FilesystemWord& word : options.filesystem) {
    const std::string name = "'" + word.key + "'";
    if (word.kind == Word::Data) {
      builder.problems.add(
          word.origin, name + " is not a mount option, and there is no new file system to take it",
          kind);
    } else if (word.key != "ro" && word.key != "rw") {
      builder.warn(word.origin, name + " has no effect: the file system is the host's");
    }
  }
}

}  // namespace berth::plan
