#include "tests/integration/harness/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "runtime/linux/base/fd.h"

namespace berth::test {

std::optional<std::string> read_file_if_exists(const std::string& path) {
  const sys::Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = read(file.get(), buffer.data(), buffer.size());
    if (size < 0) return std::nullopt;
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::string read_file(const std::string& path) {
  std::optional<std::string> text = read_file_if_exists(path);
  INFO(path);
  REQUIRE(text.has_value());
  return *text;
}

namespace {

void write_to(const std::string& path, int flags, const std::string& text, mode_t mode) {
  const sys::Fd file(open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, mode));
  INFO(path);
  REQUIRE(file);
  REQUIRE(write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

}  // namespace

void write_file(const std::string& path, const std::string& text, mode_t mode) {
  write_to(path, O_CREAT | O_TRUNC, text, mode);
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

void write_value(const std::string& path, const std::string& value) { write_to(path, 0, value, 0); }

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(directory, missing)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

namespace {

std::vector<std::string> split(const std::string& text, const char* separators) {
  std::vector<std::string> parts;
  std::size_t begin = text.find_first_not_of(separators);
  while (begin != std::string::npos) {
    const std::size_t end = text.find_first_of(separators, begin);
    parts.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  return parts;
}

}  // namespace

std::vector<std::string> lines_of(const std::string& text) { return split(text, "\n"); }
std::vector<std::string> words_of(const std::string& text) { return split(text, " \t\n"); }

std::vector<std::string> without(std::vector<std::string> lines,
                                 const std::vector<std::string>& others) {
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [&](const std::string& line) {
                               return std::find(others.begin(), others.end(), line) != others.end();
                             }),
              lines.end());
  return lines;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace berth::test
