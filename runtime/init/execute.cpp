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

/// Comes back, with the errno, when that did not work.
int try_execute(const char* file, const Vectors& vectors) {
  sys::call(SYS_execve, file, vectors.arguments, vectors.variables);
  const int error = errno;
  struct stat status = {};
  const bool is_directory = stat(file, &status) == 0 && S_ISDIR(status.st_mode);
  return error == EACCES && is_directory ? EISDIR : error;
}

bool exists(const char* file) {
  struct stat status = {};
  return stat(file, &status) == 0;
}

/// Tries the directories of PATH in order: what is there but is no program of ours is passed over.
[[noreturn]] void search_path(const Init& init, const char* file, const Vectors& vectors) {
  bool refused = false;
  for (const char* at = path_variable(vectors.variables); at != nullptr;) {
    const char* colon = strchrnul(at, ':');
    Text candidate;
    candidate.add(at, static_cast<std::size_t>(colon - at));
    if (candidate.size() > 0) candidate.add("/");  // empty: the working directory
    candidate.add(file);
    at = *colon == '\0' ? nullptr : colon + 1;
    if (!candidate.fits()) continue;
    const int error = try_execute(candidate.get(), vectors);
    // ENOENT of a file that exists: its interpreter is missing.
    const bool is_missing = (error == ENOENT && !exists(candidate.get())) || error == ENOTDIR;
    refused = refused || error == EACCES;
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

void execute(Init& init, const Step& step) {
  const Vectors vectors = make_vectors(init, step);
  const char* file = init.text(step, 0);
  umask(init.umask);
  check(init, sys::close_range(3 + init.preserved, ~0U, CLOSE_RANGE_CLOEXEC));
  if (strchr(file, '/') == nullptr) search_path(init, file, vectors);
  report(init, Fault::SystemCall, try_execute(file, vectors));
}

}  // namespace berth::init
