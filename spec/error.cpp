#include "spec/error.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "spec/pointer.h"

namespace berth {

namespace {

std::string line_of(const Problem& problem, const std::string& file) {
  std::string text = file;
  if (problem.line > 0) {
    text += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
  }
  text += ": ";
  if (!problem.pointer.empty()) text += problem.pointer + ": ";
  return text + problem.message;
}

}  // namespace

void Problems::add(Problem problem) {
  if (is_full()) {
    ++left_out_;
    return;
  }
  const bool known = std::any_of(list_.begin(), list_.end(), [&](const Problem& other) {
    return spec::is_at_or_below(problem.pointer, other.pointer);
  });
  if (!known) list_.push_back(std::move(problem));
}

void Problems::add(std::string pointer, std::string message, ErrorKind kind) {
  add(Problem{.kind = kind, .pointer = std::move(pointer), .message = std::move(message)});
}

bool Problems::concern(const std::string& pointer) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Problem& problem) {
    return spec::is_at_or_below(problem.pointer, pointer);
  });
}

Error::Error(ErrorKind kind, std::string message, std::string origin, std::string hint)
    : kind_(kind),
      message_(std::move(message)),
      origin_(std::move(origin)),
      hint_(std::move(hint)) {
  compose();
}

Error Error::at(const std::string& origin) const {
  Error outer = *this;
  if (outer.origin_.empty()) outer.origin_ = origin;
  outer.compose();
  return outer;
}

void Error::compose() {
  const bool is_pointer = !origin_.empty() && origin_.front() == '/';
  text_ = is_pointer ? "config.json: " : "";
  text_ += origin_.empty() ? message_ : origin_ + ": " + message_;
  if (!hint_.empty()) text_ += "; hint: " + hint_;
}

std::string restyled(std::string message) {
  message[0] = static_cast<char>(std::tolower(message[0]));
  if (message.ends_with('.')) message.pop_back();
  return message;
}

void fail(ErrorKind kind, std::string message, std::string origin, std::string hint) {
  throw Error(kind, std::move(message), std::move(origin), std::move(hint));
}

void fail_if_any(const Problems& problems, const std::string& file) {
  if (problems.empty()) return;
  std::string text;
  auto kind = ErrorKind::Unsupported;
  for (const Problem& problem : problems.list()) {
    if (!text.empty()) text += "\n";
    text += line_of(problem, file);
    if (problem.kind == ErrorKind::Config) kind = ErrorKind::Config;
  }
  if (problems.left_out() > 0) {
    text += "\n" + file + ": and " + std::to_string(problems.left_out()) + " more";
  }
  fail(kind, text);
}

}  // namespace berth
