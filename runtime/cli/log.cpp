#include "runtime/cli/log.h"

#include <utility>

#include "runtime/cli/output.h"
#include "runtime/container/paths.h"
#include "spec/error.h"
#include "spec/json/json.h"

namespace berth::cli {

namespace {

/// Formats as RFC 3339 in UTC.
std::string timestamp(std::time_t time) {
  std::tm utc{};
  char text[sizeof "2026-01-02T03:04:05Z"] = "";
  if (gmtime_r(&time, &utc) == nullptr) return text;
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace

const char* name_of(Level level) {
  switch (level) {
    case Level::Error:
      return "error";
    case Level::Warning:
      return "warning";
    case Level::Debug:
      return "debug";
  }
  return "";
}

void Log::open() {
  if (file.empty()) return;
  // Empty meanwhile, so that an error about the file is not sent to it.
  std::string name = std::exchange(file, {});
  try {
    container::append_to_file(name, "");
  } catch (const Error& error) {
    throw error.at("--log");
  }
  file = std::move(name);
}

void Log::append(Level of, const std::string& message) const {
  if (file.empty()) return;
  try {
    container::append_to_file(file, record(json, of, message, std::time(nullptr)));
  } catch (const Error& error) {
    // A lost record must not change what the call does (RT-WARN-1), nor hide an error.
    print_error(std::string("berth: ") + error.what() + "\n");
  }
}

namespace {

struct Entry {
  std::string level, message, time;
};

void describe(auto& v, Entry& entry) {
  v.required("level", entry.level);
  v.required("msg", entry.message);
  v.required("time", entry.time);
}

}  // namespace

std::string record(bool json, Level level, const std::string& message, std::time_t time) {
  const Entry entry{.level = name_of(level), .message = message, .time = timestamp(time)};
  if (json) return spec::to_json(entry) + "\n";
  return "time=\"" + entry.time + "\" level=" + entry.level + " msg=" + spec::json_quote(message) +
         "\n";
}

}  // namespace berth::cli
