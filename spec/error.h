// berth's only exception type, and the list of problems that a document can have. It knows nothing
// of the kernel; runtime/linux derives SystemError from it.
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace berth {

/// The kind decides exit code and log level. Tests check it together with the origin instead of the
/// text.
enum class ErrorKind {
  Config,       ///< the input is wrong: config.json, a flag, an id
  Unsupported,  ///< the input is right, but this berth, host or kernel cannot do it
  State,        ///< the container, or a file of its state, is not as the verb needs it
  System,       ///< the kernel refused
  Bug,          ///< berth itself is wrong
};

/// One mistake in a document. `pointer` is an RFC 6901 JSON pointer ("" is the whole document);
/// line and column count from 1, in bytes, and 0 means unknown.
struct Problem {
  ErrorKind kind = ErrorKind::Config;
  std::string pointer;
  std::string message;  ///< what was found and what is allowed
  int line = 0;
  int column = 0;
  bool is_refusal = false;  ///< the message is only what is allowed: locate() adds what was found
};

/// Collects all mistakes, so that the user can correct them at once.
class Problems {
 public:
  /// The number of problems that are kept: a document can have as many as it has bytes.
  static constexpr std::size_t kMost = 100;

  /// Adds a problem, unless its pointer or a parent of it has one already: each mistake is reported
  /// once.
  void add(Problem problem);
  void add(std::string pointer, std::string message, ErrorKind kind = ErrorKind::Config);

  bool empty() const { return list_.empty(); }
  /// Whether the value at a pointer has a problem, or one below it.
  bool concern(const std::string& pointer) const;
  bool is_full() const { return list_.size() >= kMost; }
  std::size_t left_out() const { return left_out_; }  ///< how many were not kept
  const std::vector<Problem>& list() const { return list_; }
  std::vector<Problem>& list() { return list_; }

 private:
  std::vector<Problem> list_;
  std::size_t left_out_ = 0;
};

/// What failed, the property or flag that asked for it, and a hint for the user.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string origin = {}, std::string hint = {});

  /// Adds an origin, unless the error has one: the innermost origin is kept.
  Error at(const std::string& origin) const;

  /// The text is `origin: message; hint: …` on one line, or one line for each problem. An origin
  /// that begins with a slash is a JSON pointer into config.json, and the text says so.
  const char* what() const noexcept override { return text_.c_str(); }

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& origin() const { return origin_; }
  const std::string& hint() const { return hint_; }
  int number() const { return number_; }  ///< errno, or 0

 protected:
  Error(ErrorKind kind, std::string message, int number) : Error(kind, std::move(message)) {
    number_ = number;
  }

 private:
  void compose();

  ErrorKind kind_;
  std::string message_, origin_, hint_, text_;
  int number_ = 0;
};

/// The message of a library in the form of berth's: it begins in lower case and has no full stop.
std::string restyled(std::string message);

/// Throws an Error. No other function outside runtime/linux throws.
[[noreturn]] void fail(ErrorKind kind, std::string message, std::string origin = {},
                       std::string hint = {});

/// Throws one Error with a line `FILE:LINE:COLUMN: POINTER: MESSAGE` for each problem. Its kind is
/// Config if any problem's is, else Unsupported. Does nothing if there are no problems.
void fail_if_any(const Problems& problems, const std::string& file);

}  // namespace berth
