#include "runtime/init/program/refusal.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "runtime/init/base/mount_of.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

/// Calls `function` with "/", if the path is absolute, and then with the path up to each of its
/// names, until it returns false. Returns the size of that part, or 0 if there was none.
template <class Function>
std::size_t first_part(Text& path, Function function) {
  char* const text = path.get();
  for (std::size_t end = 1; end <= path.size(); ++end) {
    const char after = text[end];
    if (after != '/' && after != '\0') continue;
    text[end] = '\0';
    const bool goes_on = function(text);
    text[end] = after;
    if (!goes_on) return end;
  }
  return 0;
}

/// Cuts the path behind its first part that stat(2) refuses, and returns the errno, or 0 if there
/// is none.
int cut_at_refused(Text& path) {
  int error = 0;
  const std::size_t end = first_part(path, [&](const char* part) {
    struct stat status = {};
    error = stat(part, &status) < 0 ? errno : 0;
    return error == 0;
  });
  if (end > 0) path.cut(end);
  return error;
}

/// Makes it the path of the directory.
void go_up(Text& path) {
  const char* slash = strrchr(path.get(), '/');
  if (slash == nullptr) {
    path.set(".");
  } else {
    path.cut(slash == path.get() ? 1 : static_cast<std::size_t>(slash - path.get()));
  }
}

template <std::size_t kSize>
std::size_t copy(char (&to)[kSize], std::size_t place, std::size_t most, const char* from) {
  const std::size_t size = strnlen(from, most);
  memcpy(to + place, from, size);
  to[place + size] = '\0';
  return place + size + 1;
}

/// Writes the link into the finding and makes it the path that the link leads to. False: it is not
/// a link.
bool follow(Text& path, Finding& finding) {
  char target[PATH_MAX];
  const ssize_t size = readlink(path.get(), target, sizeof target - 1);
  if (size < 0) return false;
  target[size] = '\0';
  constexpr std::size_t kHalf = sizeof finding.detail / 2 - 1;
  const std::size_t behind = copy(finding.detail, 0, kHalf, path.get());
  copy(finding.detail, behind, kHalf, target);
  if (target[0] == '/') {
    path.clear();
  } else {
    go_up(path);
    path.add("/");
  }
  path.add(target);
  return path.fits();
}

bool may(const char* path) {
  return sys::call(SYS_faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/// Sets who may do what with the file. False: stat(2) fails.
bool set_facts(Finding& finding, const char* path) {
  struct stat status = {};
  if (stat(path, &status) < 0) return false;
  finding.file.mode = status.st_mode;
  finding.file.owner = status.st_uid;
  finding.file.group = status.st_gid;
  finding.file.user = geteuid();
  finding.file.user_group = getegid();
  return true;
}

/// `path` is the first part that the kernel refuses, and not a link.
void explain_part(Finding& finding, const char* file, Text& path, int error) {
  if (error == ENOENT) {
    if (finding.detail[0] != '\0') {
      finding.fault = Fault::DanglingLink;
    } else {
      conclude(finding, Fault::Missing, error, file);
    }
    return;
  }
  go_up(path);
  if (error == ENOTDIR) {
    conclude(finding, Fault::NotDirectory, error, path.get());
  } else if (error == EACCES && !may(path.get()) && set_facts(finding, path.get())) {
    conclude(finding, Fault::Unsearchable, error, path.get());
  }
}

/// Writes the path of the file's mount into the finding, if that is a part of the file's path.
void name_mount(Finding& finding, Text& path) {
  const std::uint64_t mount = mount_of(path.get()).id;
  const std::size_t end = first_part(path, [&](const char* part) {
    const MountOf found = mount_of(part);
    return !found.is_root || found.id != mount;
  });
  if (end > 0) path.cut(end);
  conclude(finding, Fault::NoExecMount, EACCES, end > 0 ? path.get() : "");
}

/// Every part of the path can be reached.
void explain_file(Finding& finding, const char* file, Text& path) {
  if (!set_facts(finding, path.get())) return;
  struct statfs system = {};
  const bool is_noexec = S_ISREG(finding.file.mode) && statfs(path.get(), &system) == 0 &&
                         (system.f_flags & ST_NOEXEC) != 0;
  if (is_noexec) return name_mount(finding, path);
  conclude(finding, Fault::NotExecutable, EACCES, file);
}

}  // namespace

int error_of(const char* file) {
  struct stat status = {};
  if (stat(file, &status) < 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  if (!S_ISREG(status.st_mode)) return EACCES;
  return may(file) ? 0 : errno;
}

void conclude(Finding& finding, Fault fault, int error, const char* path) {
  finding.fault = fault;
  finding.number = error;
  copy(finding.detail, 0, sizeof finding.detail - 1, path);
}

void explain(Finding& finding, const char* file, int error) {
  constexpr int kMostLinks = 40;  // path_resolution(7)
  if (error == EISDIR) {
    finding.file.mode = S_IFDIR;
    return conclude(finding, Fault::NotExecutable, EACCES, file);
  }
  conclude(finding, Fault::SystemCall, error, "");
  Text path;
  if (!path.set(file).fits()) return;
  for (int links = 0; links <= kMostLinks; ++links) {
    const int refused = cut_at_refused(path);
    if (refused == 0) {
      if (error == EACCES) explain_file(finding, file, path);
      return;
    }
    if (refused != error) return;
    if (!follow(path, finding)) return explain_part(finding, file, path, refused);
  }
  if (error == ELOOP) finding.fault = Fault::LinkLoop;
}

}  // namespace berth::init
