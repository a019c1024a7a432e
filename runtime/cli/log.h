// Where a call reports what happened: the file of --log, or standard error.
//
// Engines read the file after a failed call. podman takes it for one JSON document, so such a call
// leaves exactly one record in it, the error (--debug asks for more); containerd needs it to exist
// and to hold RFC 3339 times with a zone.
#pragma once

#include <ctime>
#include <string>

namespace berth::cli {

enum class Level { Error, Warning, Debug };

/// `error`, … as in records and in --log-level.
const char* name_of(Level level);

struct Log {
  std::string file;  ///< empty: no file
  bool json = false;
  Level level = Level::Error;  ///< less important messages are left out

  /// Creates the file (0600) unless it exists. If that fails it throws a System error, and the call
  /// has no log file.
  void open();
  bool includes(Level of) const { return of <= level; }
  /// Appends one record; does nothing without a file. If the write fails, the failure goes to
  /// standard error.
  void append(Level of, const std::string& message) const;
};

/// One line with its newline, whatever the message holds: a JSON object or `key=value` pairs.
std::string record(bool json, Level level, const std::string& message, std::time_t time);

}  // namespace berth::cli
