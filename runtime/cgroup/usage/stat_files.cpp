#include "runtime/cgroup/usage/stat_files.h"

#include <utility>

#include "runtime/linux/files/file.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  text = text::trimmed(text);
  std::uint64_t number = kNoLimit;
  if (text != "max" && !text::read_number(text, number)) return std::nullopt;
  return number;
}

}  // namespace

StatFiles::StatFiles(const std::vector<store::ContainerCgroup>& places) {
  for (const store::ContainerCgroup& place : places) {
    if (auto cgroup = sys::open_dir_if_exists(place.directory))
      cgroups_.push_back(std::move(*cgroup));
  }
}

std::optional<std::string> StatFiles::text(const std::string& file) const {
  for (const sys::Dir& cgroup : cgroups_) {
    if (auto text = sys::read_file_at_if_exists(cgroup, file)) return text;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> StatFiles::number(const std::string& file) const {
  const auto found = text(file);
  return found ? parse_number(*found) : std::nullopt;
}

std::map<std::string, std::uint64_t> StatFiles::table(const std::string& file) const {
  std::map<std::string, std::uint64_t> numbers;
  for (const sys::Dir& cgroup : cgroups_) {
    const std::string found = sys::read_file_at_if_exists(cgroup, file).value_or("");
    text::for_each_word(found, '\n', [&](std::string_view line) {
      const std::string_view word = text::take(line, ' ');
      if (const auto number = parse_number(line)) numbers[std::string(word)] = *number;
    });
  }
  return numbers;
}

std::vector<std::uint64_t> parse_ranges(std::string_view list) {
  std::vector<std::uint64_t> numbers;
  text::for_each_word(text::trimmed(list), ',', [&](std::string_view range) {
    std::uint64_t first = 0, last = 0;
    const std::string_view from = text::take(range, '-');
    if (!text::read_number(from, first)) return;
    if (!text::read_number(range, last)) last = first;
    for (std::uint64_t number = first; number <= last; ++number) numbers.push_back(number);
  });
  return numbers;
}

}  // namespace berth::cgroup
