// Finds and executes the program.
#include "runtime/init/program/execute.h"

#include <string.h>
#include <sys/stat.h>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"
#include "runtime/init/program/examine.h"
#include "runtime/init/program/program.h"

namespace berth::init {

namespace {

constexpr char kDefaultPath[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const char* path_variable(const char* const* variables) {
  for (; *variables != nullptr; ++variables) {
    if (strncmp(*variables, "PATH=", 5) == 0) return *variables + 5;
  }
  return kDefaultPath;
}

/// Tries the directories of PATH in order. A file that exists but cannot be executed is passed
/// over.
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

void find_file(Init& init, const char* file) {
  if (strchr(file, '/') == nullptr) return search_path(init, file);
  init.program.file.clear();
  init.program.file.add(file);
  if (!init.program.file.fits()) report(init, Fault::SystemCall, ENAMETOOLONG, file);
  const int error = error_of(file);
  if (error != 0) report(init, Fault::SystemCall, error, file);
}

/// Whether the file has to be examined now, because a filter may forbid it later.
bool is_filter_next(const Init& init) {
  for (std::uint32_t later = init.index + 1; later < init.step_count; ++later) {
    if (init.steps[later].is<plan::FindProgram>()) return false;
    if (init.steps[later].is<plan::LoadSeccomp>()) return true;
  }
  return false;
}

[[noreturn]] void report_execve(const Init& init, int error) {
  const Program& program = init.program;
  const char* file = program.file.get();
  if (error == ENOEXEC) report(init, program.format, error, file);
  if (error == program.interpreter_error) {
    report(init, Fault::Interpreter, error, file, program.interpreter.get());
  }
  report(init, Fault::SystemCall, error, file);
}

}  // namespace

void run(Init& init, const plan::FindProgram& step) {
  if (step.arguments.count != 0) {
    const Vectors vectors = make_vectors(init, step.file, step.arguments, step.variables);
    init.program.arguments = vectors.arguments;
    init.program.variables = vectors.variables;
  }
  find_file(init, init.text(step.file));
  if (is_filter_next(init)) examine(init.program);
}

void run(Init& init, const plan::Execute&) {
  Program& program = init.program;
  sys::call(SYS_execve, program.file.get(), program.arguments, program.variables);
  const int error = errno;
  if (!init.is_filtered) examine(program);
  report_execve(init, error);
}

}  // namespace berth::init
