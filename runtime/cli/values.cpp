#include "runtime/cli/values.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>

#include "spec/error.h"
#include "spec/text.h"

namespace berth::cli {

namespace {

struct Unit {
  std::string_view word;
  std::uint64_t nanoseconds;
};
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr Unit kUnits[] = {{"h", 3600 * kSecond}, {"m", 60 * kSecond}, {"s", kSecond},
                           {"ms", 1'000'000},     {"us", 1'000},       {"ns", 1},
                           {"", kSecond}};

/// Reads `12`, `12.5` or `.5` as a multiple of the unit.
bool read_multiple(std::string_view text, std::uint64_t unit, std::uint64_t& nanoseconds) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / 2;
  const bool has_point = text.find('.') != std::string_view::npos;
  const std::string_view whole = text::take(text, '.');
  std::uint64_t count = 0;
  if (!whole.empty() && !text::read_number(whole, count)) return false;
  nanoseconds = count > kMost / unit ? kMost : count * unit;
  if (text.empty()) return !whole.empty() && !has_point;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return false;
    unit /= 10;
    nanoseconds += static_cast<std::uint64_t>(digit - '0') * unit;
  }
  return true;
}

/// Takes one number and its unit, in nanoseconds; nothing if there is neither.
std::optional<std::uint64_t> take_time(std::string_view& text) {
  const std::size_t number = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::size_t end = std::min(text.find_first_of("0123456789.", number), text.size());
  const std::string_view word = text.substr(number, end - number);
  const auto* const unit = std::ranges::find(kUnits, word, &Unit::word);
  std::uint64_t time = 0;
  if (unit == std::end(kUnits) || !read_multiple(text.substr(0, number), unit->nanoseconds, time))
    return std::nullopt;
  text.remove_prefix(end);
  return time;
}

}  // namespace

void require_one_of(const char* flag, const std::string& value,
                    std::initializer_list<const char*> allowed) {
  std::string list;
  for (const char* const each : allowed) {
    if (value == each) return;
    list += (list.empty() ? "" : ", ") + std::string(each);
  }
  fail(ErrorKind::Config, "'" + value + "' is not one of " + list, flag);
}

void refuse_if(bool given, const char* flag, const std::string& what) {
  if (given) fail(ErrorKind::Unsupported, what + "not supported", flag);
}

std::uint32_t number_of(const char* flag, const std::string& value) {
  std::uint32_t number = 0;
  if (text::read_number(value, number)) return number;
  fail(ErrorKind::Config, "'" + value + "' is not a number from 0 to 4294967295", flag);
}

int duration_of(const char* flag, const std::string& value) {
  constexpr std::uint64_t kPerMillisecond = 1'000'000;
  std::string_view text = value;
  std::uint64_t milliseconds = 0;
  do {
    const auto part = take_time(text);
    if (!part)
      fail(ErrorKind::Config, "'" + value + "' is not a time such as 500ms or 1m30s", flag);
    milliseconds += *part / kPerMillisecond;
  } while (!text.empty() && milliseconds <= std::numeric_limits<int>::max());
  if (milliseconds < 1 || milliseconds > std::numeric_limits<int>::max())
    fail(ErrorKind::Config, "'" + value + "' is not between 1ms and 596h", flag);
  return static_cast<int>(milliseconds);
}

}  // namespace berth::cli
