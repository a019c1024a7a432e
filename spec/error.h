// The one Error type of berth, and the list of problems a document can have at once.
// Knows nothing of the kernel; runtime/linux derives its system errors from it.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace berth {

/// Decides exit code and log level; tests assert it together with the origin, never the prose.
enum class ErrorKind {
  Config,       ///< what we were given is wrong: config.json, a flag, an id
  Unsupported,  ///< what we were given is right, but this berth, host or kernel cannot do it
  State,        ///< the container is not in the state that the verb needs
  System,       ///< the kernel refused
  Bug,          ///< berth is wrong
};

/// One mistake in a document. `pointer` is an RFC 6901 JSON pointer ("" is the whole document);
/// line and column count from 1, in bytes; 0 means not known.
struct Problem {
  ErrorKind kind = ErrorKind::Config;
  std::string pointer;
  std::string message;  ///< what was found and what is allowed
  int line = 0;
  int column = 0;
};

/// Collects every mistake, so that a person can mend them in one go.
class Problems {
 public:
  /// So many are kept: a document may have as many as it has bytes, more than a person reads.
  static constexpr std::size_t kMost = 100;

  /// Ignored when this pointer, or one that holds it, has a problem already: one mistake, one line.
  void add(Problem problem);
  void add(std::string pointer, std::string message, ErrorKind kind = ErrorKind::Config);

  bool empty() const { return list_.empty(); }
  bool is_full() const { return list_.size() >= kMost; }
  std::size_t left_out() const { return left_out_; }  ///< how many came when it was full
  const std::vector<Problem>& list() const { return list_; }
  std::vector<Problem>& list() { return list_; }

 private:
  std::vector<Problem> list_;
  std::size_t left_out_ = 0;
};

/// What failed, where it was asked for, and what the person can do about it.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string origin = {}, std::string hint = {});

  /// The same error seen from one layer further out; the innermost origin wins.
  Error at(const std::string& origin) const;

  /// `origin: message; hint: …`, one line (several for several problems). An origin that begins
  /// with a slash is a JSON pointer into config.json, and the text says so.
  const char* what() const noexcept override { return text_.c_str(); }

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& origin() const { return origin_; }
  const std::string& hint() const { return hint_; }
  int number() const { return number_; }  ///< errno, or 0

 protected:
  Error(ErrorKind kind, std::string message, int number);

 private:
  void compose();

  ErrorKind kind_;
  std::string message_, origin_, hint_, text_;
  int number_ = 0;
};

/// The one way to throw, outside runtime/linux.
[[noreturn]] void fail(ErrorKind kind, std::string message, std::string origin = {},
                       std::string hint = {});

/// Throws one Error that lists every problem that was kept, a line each, as `FILE:LINE:COLUMN:
/// POINTER: MESSAGE`. Its kind is Config if any of them is, else Unsupported. Does nothing when
/// there are none.
void fail_if_any(const Problems& problems, const std::string& file);

}  // namespace berth
