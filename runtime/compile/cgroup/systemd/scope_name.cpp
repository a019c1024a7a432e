#include "runtime/compile/cgroup/systemd/scope_name.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "spec/text.h"

namespace berth::plan {

namespace {

constexpr char kPointer[] = "/linux/cgroupsPath";
constexpr std::string_view kSlice = ".slice", kScope = ".scope";
constexpr std::size_t kLongestUnit = 255;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_for_units(char c) {
  return is_letter_or_digit(c) || std::string_view(":-_.\\").find(c) != std::string_view::npos;
}

/// What is wrong with the name of a slice; empty if nothing is.
std::string fault_of_slice(std::string_view slice) {
  if (slice == "-.slice") return {};
  if (!slice.ends_with(kSlice)) return "does not end in .slice";
  const std::string_view base = slice.substr(0, slice.size() - kSlice.size());
  const bool has_empty_part = base.empty() || base.starts_with('-') || base.ends_with('-') ||
                              base.find("--") != std::string_view::npos;
  if (has_empty_part) return "has an empty part";
  if (!std::ranges::all_of(base, is_for_units)) return "has characters that no slice can have";
  return slice.size() > kLongestUnit ? "is longer than 255 bytes" : "";
}

std::string fault_of_unit(std::string_view name, const std::string& unit) {
  if (name.empty()) return "has no name after the second colon";
  if (!std::ranges::all_of(unit, is_for_units)) return "has characters that no scope can have";
  return unit.size() > kLongestUnit ? "is longer than 255 bytes" : "";
}

}  // namespace

bool is_scope_path(std::string_view cgroups_path) {
  return !cgroups_path.starts_with('/') && std::ranges::count(cgroups_path, ':') == 2;
}

ScopePath read_scope_path(const std::string& cgroups_path, const std::string& id, bool is_user,
                          Problems& problems) {
  const std::string path = cgroups_path.empty() ? ":berth:" + escaped_for_unit(id) : cgroups_path;
  if (!is_scope_path(path)) {
    problems.add(kPointer, "'" + path +
                               "' is not of the form slice:prefix:name, as it has to be "
                               "for systemd");
    return {};
  }
  const std::vector<std::string_view> parts = text::split(path, ':');
  ScopePath read{.slice = std::string(parts[0]), .unit = std::string(parts[1])};
  if (read.slice.empty()) read.slice = is_user ? "user.slice" : "system.slice";
  if (!read.unit.empty()) read.unit += '-';
  read.unit.append(parts[2]).append(kScope);
  for (const auto& [part, fault] : {std::pair(read.slice, fault_of_slice(read.slice)),
                                    std::pair(read.unit, fault_of_unit(parts[2], read.unit))}) {
    if (fault.empty()) continue;
    problems.add(kPointer,
                 std::string("'").append(part).append("' of '").append(path).append("' " + fault));
  }
  return read;
}

std::string place_of_slice(std::string_view slice) {
  if (slice == "-.slice") return {};
  std::string place, name;
  for (const std::string_view part :
       text::split(slice.substr(0, slice.size() - kSlice.size()), '-')) {
    name.append(name.empty() ? "" : "-").append(part);
    place += '/' + cgroup_name_of(name + std::string(kSlice));
  }
  return place;
}

std::string cgroup_name_of(const std::string& unit) {
  // Of a controller's files the name begins with its own; systemd knows these controllers.
  constexpr std::array<std::string_view, 8> kTaken = {"cgroup", "cpu",    "cpuacct", "cpuset",
                                                      "io",     "memory", "devices", "pids"};
  const std::string_view first = std::string_view(unit).substr(0, unit.find('.'));
  const bool is_taken = unit.starts_with('_') || unit.starts_with('.') || first == "blkio" ||
                        std::ranges::find(kTaken, first) != kTaken.end();
  return is_taken ? "_" + unit : unit;
}

std::string escaped_for_unit(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_for_units(c) && c != '\\') {
      escaped += c;
    } else {
      escaped.append("\\x") += kDigits[byte >> 4];
      escaped += kDigits[byte & 15];
    }
  }
  return escaped;
}

}  // namespace berth::plan
