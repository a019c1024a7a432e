// Finds and executes the program.
#include "runtime/init/program/execute.h"

#include <string.h>
#include <sys/stat.h>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"
#include "runtime/init/program/examine.h"
#include "runtime/init/program/program.h"
#include "runtime/init/program/refusal.h"

namespace berth::init {

namespace {

constexpr char kDefaultPath[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const char* path_variable(const char* const* variables) {
  for (; *variables != nullptr; ++variables) {
    if (strncmp(*variables, "PATH=", 5) == 0) return *variables + 5;
  }
  return kDefaultPath;
}

/// The paths of the file in the directories of PATH, in order.
class Candidates {
 public:
  Candidates(const Init& init, const char* file)
      : file_(file), at_(path_variable(init.program.variables)) {}

  /// The next path, or null.
  const char* next() {
    do {
      if (at_ == nullptr) return nullptr;
      const char* colon = strchrnul(at_, ':');
      path_.clear();
      path_.add(at_, static_cast<std::size_t>(colon - at_));
      if (path_.size() > 0) path_.add("/");  // empty: the working directory
      path_.add(file_);
      at_ = *colon == '\0' ? nullptr : colon + 1;
    } while (!path_.fits());
    return path_.get();
  }

 private:
  const char* file_;
  const char* at_;
  Text path_;
};

/// A filter may end init at a call that it has not made so far.
[[noreturn]] void report_refused(const Init& init, const char* file, int error) {
  Finding finding;
  if (init.is_filtered && error != EISDIR) report(init, finding, error, file);
  explain(finding, file, error);
  report(init, finding, finding.number, file);
}

bool is_link(const char* path) {
  struct stat status = {};
  return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

/// No directory of PATH has a file that can be executed. Reports the first file that may not be, or
/// the first link that leads to no file.
[[noreturn]] void report_not_found(const Init& init, const char* file, int error) {
  Candidates candidates(init, file);
  while (const char* path = init.is_filtered ? nullptr : candidates.next()) {
    if (error_of(path) != error || (error == ENOENT && !is_link(path))) continue;
    Finding finding;
    explain(finding, path, error);
    report(init, finding, error, file);
  }
  if (error == EACCES) report(init, Fault::SystemCall, error, file);
  report(init, Fault::NotFoundInPath, ENOENT, file);
}

/// A file that exists but cannot be executed is passed over.
void search_path(Init& init, const char* file) {
  Candidates candidates(init, file);
  int worst = ENOENT;
  while (const char* path = candidates.next()) {
    const int error = error_of(path);
    if (error == 0) return (void)init.program.file.set(path);
    if (error == EACCES) worst = EACCES;
    const bool is_missing = error == ENOENT || error == ENOTDIR || error == EISDIR;
    if (!is_missing && error != EACCES) report_refused(init, path, error);
  }
  report_not_found(init, file, worst);
}

void find_file(Init& init, const char* file) {
  if (strchr(file, '/') == nullptr) return search_path(init, file);
  if (!init.program.file.set(file).fits()) report(init, Fault::SystemCall, ENAMETOOLONG, file);
  const int error = error_of(file);
  if (error != 0) report_refused(init, file, error);
}

/// Whether the file has to be examined now, because a filter may forbid it later.
bool is_filter_next(const Init& init) {
  for (std::uint32_t later = init.index + 1; later < init.step_count; ++later) {
    if (init.steps[later].is<plan::FindProgram>()) return false;
    if (init.steps[later].is<plan::LoadSeccomp>()) return true;
  }
  return false;
}

}  // namespace

void run(Init& init, const plan::FindProgram& step) {
  if (step.arguments.count != 0) {
    const Vectors vectors = make_vectors(init, step.file, step.arguments, step.variables);
    init.program.arguments = vectors.arguments;
    init.program.variables = vectors.variables;
  }
  find_file(init, init.text(step.file));
  if (is_filter_next(init)) examine(init.program.finding, init.program.file.get(), 0);
}

void run(Init& init, const plan::Execute&) {
  Program& program = init.program;
  const char* file = program.file.get();
  sys::call(SYS_execve, file, program.arguments, program.variables);
  const int error = errno;
  if (!init.is_filtered) find_cause(program.finding, file, error);
  report(init, program.finding, error, file);
}

}  // namespace berth::init
