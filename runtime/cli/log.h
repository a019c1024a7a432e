// Where a call tells what happened: the file of --log, or standard error.
//
// Engines read the file back after a failed call. podman takes it for one JSON document, so such a
// call leaves exactly one record in it, the error (--debug asks for more); containerd wants it to
// exist and to hold RFC 3339 times with a zone.
#pragma once

#include <ctime>
#include <string>

namespace berth::cli {

enum class Level { Error, Warning, Debug };

/// `error`, … as in records and in --log-level.
const char* name_of(Level level);

struct Log {
  std::string file;  ///< empty: none
  bool json = false;
  Level level = Level::Error;  ///< remarks beyond it are left out

  /// Makes the file (0600) unless it exists. A System error when that fails, and then there is
  /// none.
  void open();
  bool tells(Level of) const { return of <= level; }
  /// Appends one record; nothing without a file. What the file does not take is a line on standard
  /// error.
  void append(Level of, const std::string& message) const;
};

/// One line, newline included, whatever the message holds: a JSON object or `key=value` pairs.
std::string record(bool json, Level level, const std::string& message, std::time_t time);

}  // namespace berth::cli
