#include "runtime/systemd/request.h"

#include <charconv>

namespace berth::systemd {

namespace {

constexpr std::string_view kUser = "user";
constexpr std::string_view kMachine = "machine";
constexpr std::string_view kMayExist = "left";
constexpr std::string_view kNothing = "nothing";

class Writer {
 public:
  void add(std::string_view text) { bytes_.append(text).push_back('\0'); }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  /// False at the end, or if the last text has no NUL.
  bool take(std::string& text) {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) return false;
    text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }
  bool is_empty() const { return rest_.empty(); }
  /// Each text takes a byte, so a list is at most as long as what is left.
  bool take_count(std::size_t& count) {
    std::string text;
    if (!take(text)) return false;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, count);
    return read.ec == std::errc() && read.ptr == end && count <= rest_.size();
  }

 private:
  std::string_view rest_;
};

bool take_property(Reader& reader, plan::UnitProperty& property) {
  std::size_t count = 0;
  if (!reader.take(property.name) || !reader.take(property.signature) ||
      !reader.take_count(count)) {
    return false;
  }
  property.values.resize(count);
  for (std::string& value : property.values) {
    if (!reader.take(value)) return false;
  }
  return true;
}

}  // namespace

std::string encode(const Request& request) {
  Writer writer;
  writer.add(request.verb);
  writer.add(request.name.unit);
  writer.add(request.name.is_user ? kUser : kMachine);
  writer.add(request.pid);
  for (const plan::UnitProperty& property : request.properties) {
    writer.add(property.name);
    writer.add(property.signature);
    writer.add(std::to_string(property.values.size()));
    for (const std::string& value : property.values) writer.add(value);
  }
  return writer.take();
}

std::string encode(const Answer& answer) {
  Writer writer;
  writer.add(answer.may_exist ? kMayExist : kNothing);
  writer.add(answer.fault);
  return writer.take();
}

bool decode(std::string_view bytes, Request& request) {
  Reader reader(bytes);
  std::string manager;
  if (!reader.take(request.verb) || !reader.take(request.name.unit) || !reader.take(manager) ||
      !reader.take(request.pid)) {
    return false;
  }
  request.name.is_user = manager == kUser;
  while (!reader.is_empty()) {
    if (!take_property(reader, request.properties.emplace_back())) return false;
  }
  return true;
}

bool decode(std::string_view bytes, Answer& answer) {
  Reader reader(bytes);
  std::string word;
  if (!reader.take(word) || !reader.take(answer.fault) || !reader.is_empty()) return false;
  answer.may_exist = word == kMayExist;
  return true;
}

}  // namespace berth::systemd
