// Runs a command, and lets one system call of it go wrong:
//
//   berth-fault --report FILE [--process main|init|tree] [--attach PID] [--patience SECONDS]
//               [--at N (--kill | --kill-tree | --fail CALL=ERROR,…)] -- COMMAND…
//
// FILE gets what happened, a name and its value on each line. The exit code says nothing of the
// command.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/faults/fault.h"
#include "tests/faults/tracer.h"

namespace berth::faults {
namespace {

struct Options {
  Fault fault;
  std::string report;
  pid_t attached = 0;
  int seconds = 30;
  std::vector<std::string> command;
};

[[noreturn]] void fail(const std::string& what) {
  (void)std::fprintf(stderr, "berth-fault: %s\n", what.c_str());
  std::exit(2);
}

Process parse_process(const std::string& name) {
  if (name == "main") return Process::Main;
  if (name == "init") return Process::Init;
  if (name == "tree") return Process::Tree;
  fail("--process is main, init or tree");
}

/// True when the flag has taken the value.
bool take_value(Options& options, const std::string& flag, const std::string& value) {
  if (flag == "--process") {
    options.fault.process = parse_process(value);
  } else if (flag == "--at") {
    options.fault.at = std::stoul(value);
  } else if (flag == "--fail") {
    options.fault.deed = Deed::Fail;
    options.fault.errors = parse_errors(value);
  } else if (flag == "--report") {
    options.report = value;
  } else if (flag == "--attach") {
    options.attached = std::stoi(value);
  } else if (flag == "--patience") {
    options.seconds = std::stoi(value);
  } else {
    return false;
  }
  return true;
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (auto at = arguments.begin(); at != arguments.end(); ++at) {
    if (*at == "--") {
      options.command.assign(at + 1, arguments.end());
      break;
    }
    if (*at == "--kill") {
      options.fault.deed = Deed::KillProcess;
    } else if (*at == "--kill-tree") {
      options.fault.deed = Deed::KillTree;
    } else if (at + 1 == arguments.end() || !take_value(options, *at, *(at + 1))) {
      fail("what is '" + *at + "'?");
    } else {
      ++at;
    }
  }
  if (options.command.empty() || options.report.empty()) fail("needs --report FILE and a command");
  return options;
}

void write_report(const std::string& path, const Report& report) {
  FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) fail("cannot write " + path);
  (void)std::fprintf(file, "calls %lu\nhit %d\nlate %d\nstatus %d\n", report.calls,
                     report.was_hit ? 1 : 0, report.was_late ? 1 : 0, report.status);
  (void)std::fprintf(file, "call %s\nsubject %s\nprocess %s\nwaits %s\n", report.call.c_str(),
                     report.subject.c_str(), report.process.c_str(), report.waits_in.c_str());
  if (std::fclose(file) != 0) fail("cannot write " + path);
}

}  // namespace
}  // namespace berth::faults

int main(int argc, char** argv) {
  using namespace berth::faults;
  const Options options = parse({argv + 1, argv + argc});
  Tracer tracer(options.fault, std::chrono::seconds(options.seconds));
  if (options.attached != 0) tracer.attach(options.attached);
  write_report(options.report, tracer.run(options.command));
  return 0;
}
