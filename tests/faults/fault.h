// What is to go wrong, and where: at the Nth system call of some processes of a command.
#pragma once

#include <map>
#include <string>

namespace berth::faults {

/// Whose calls are counted.
enum class Process {
  Main,  ///< the command itself
  Init,  ///< what it starts, until that executes a program of a container or a hook
  Tree,  ///< all of these
};

enum class Deed {
  Count,        ///< nothing goes wrong
  KillProcess,  ///< the process that makes the call
  KillTree,     ///< all of them at once, as an out-of-memory killer or the stop of a service does
  Fail,         ///< this call fails, once
};

struct Fault {
  Process process = Process::Main;
  Deed deed = Deed::Count;
  unsigned long at = 0;  ///< of the calls that count the at-th, from 1
  /// For Fail: the error of each call by its name, `*` is for every other. A call without an error
  /// does not count.
  std::map<std::string, int> errors = {};
};

/// `openat=EMFILE,read=0,*=ENOMEM`, where 0 is no error; ends the program when it is something
/// else.
std::map<std::string, int> parse_errors(const std::string& text);

/// The error with which the call fails; 0 when it does not count.
int error_of(const Fault& fault, const std::string& call);

}  // namespace berth::faults
