// The last steps: what the program finds, and the program itself.
#include <string.h>
#include <sys/stat.h>

#include "runtime/init/paths.h"
#include "runtime/init/program.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"
#include "runtime/init/text.h"

namespace berth::init {

namespace {

constexpr char kDefaultPath[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Makes the directory as mkdir -p does; the last part gets the owner.
void make_directory(Init& init, const Step& step) {
  // Beyond CloseDescriptors R is gone; "/" is the same.
  if (!init.root) init.root = check(init, Fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)));
  const Fd made = check(init, open_or_make(init.root.get(), init.text(step, 0), Node::Directory));
  check(init, fchownat(made.get(), "", static_cast<uid_t>(step.number[1] >> 32),
                       static_cast<gid_t>(step.number[1]), AT_EMPTY_PATH));
}

/// The kernel marks a directory that no name below our root leads to. getcwd(2), C library/kernel
/// differences
bool is_inside_root() {
  char path[PATH_MAX];
  return sys::call(SYS_getcwd, path, sizeof path) > 0 && path[0] == '/';
}

const char* path_variable(const char* const* variables) {
  for (; *variables != nullptr; ++variables) {
    if (strncmp(*variables, "PATH=", 5) == 0) return *variables + 5;
  }
  return kDefaultPath;
}

/// Whether execve(2) would take the file, or else why not.
int error_of(const char* file) {
  struct stat status = {};
  if (stat(file, &status) < 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  return sys::call(SYS_faccessat2, AT_FDCWD, file, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

/// Tries the directories of PATH in order: what is there but is no program of ours is passed over.
void search_path(Init& init, const char* file) {
  bool refused = false;
  for (const char* at = path_variable(init.program.variables); at != nullptr;) {
    const char* colon = strchrnul(at, ':');
    Text candidate;
    candidate.add(at, static_cast<std::size_t>(colon - at));
    if (candidate.size() > 0) candidate.add("/");  // empty: the working directory
    candidate.add(file);
    at = *colon == '\0' ? nullptr : colon + 1;
    if (!candidate.fits()) continue;
    const int error = error_of(candidate.get());
    if (error == 0) {
      init.program.file = candidate;
      return;
    }
    refused = refused || error == EACCES;
    const bool is_missing = error == ENOENT || error == ENOTDIR;
    if (!is_missing && error != EACCES && error != EISDIR) {
      report(init, Fault::SystemCall, error, candidate.get());
    }
  }
  if (refused) report(init, Fault::SystemCall, EACCES, file);
  report(init, Fault::NotFoundInPath, ENOENT, file);
}

}  // namespace

void set_umask(Init& init, const Step& step) { init.umask = static_cast<mode_t>(step.number[0]); }

void change_directory(Init& init, const Step& step) {
  const char* path = init.text(step, 0);
  int result = chdir(path);
  if (result < 0 && errno == ENOENT) {
    make_directory(init, step);
    result = chdir(path);
  }
  const bool may_be_refused = step.number[0] == 1;
  if (result < 0 && may_be_refused && (errno == EACCES || errno == EPERM)) return;
  check(init, result);
  if (!is_inside_root()) report(init, Fault::OutsideRoot, 0);
}

void set_rlimit(Init& init, const Step& step) {
  const std::uint64_t limits[] = {step.number[1], step.number[2]};  // struct rlimit64
  check(init, sys::call(SYS_prlimit64, 0, step.number[0], limits, 0));
}

void find_program(Init& init, const Step& step) {
  const Vectors vectors = make_vectors(init, step);
  const char* file = init.text(step, 0);
  init.program.arguments = vectors.arguments;
  init.program.variables = vectors.variables;
  if (strchr(file, '/') == nullptr) {
    search_path(init, file);
  } else {
    init.program.file.add(file);
    if (!init.program.file.fits()) report(init, Fault::SystemCall, ENAMETOOLONG, file);
    init.program.is_directory = error_of(file) == EISDIR;
  }
  umask(init.umask);
  check(init, sys::close_range(3 + init.preserved, ~0U, CLOSE_RANGE_CLOEXEC));
}

void execute(Init& init, const Step&) {
  Program& program = init.program;
  sys::call(SYS_execve, program.file.get(), program.arguments, program.variables);
  const int error = errno;
  report(init, Fault::SystemCall, error == EACCES && program.is_directory ? EISDIR : error,
         program.file.get());
}

}  // namespace berth::init
