#include "runtime/launch/id_mapper.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/linux/files/file.h"
#include "runtime/linux/process/program.h"
#include "runtime/linux/streams/pipe.h"
#include "spec/error.h"

namespace berth::launch {

namespace {

/// The words are PROGRAM PID FIRST-INSIDE FIRST-OUTSIDE SIZE …
std::vector<std::string> arguments_of(const std::string& program, pid_t pid,
                                      const std::string& lines) {
  std::vector<std::string> arguments = {program, std::to_string(pid)};
  for (std::size_t start = 0; start < lines.size();) {
    const std::size_t end = std::min(lines.find_first_of(" \n", start), lines.size());
    arguments.push_back(lines.substr(start, end - start));
    start = end + 1;
  }
  return arguments;
}

/// The program's output as the end of a sentence: a line or two at most, which a pipe holds.
std::string words_in(const sys::Fd& pipe) {
  std::array<char, 1024> buffer;
  const std::size_t size = sys::read_some(pipe.get(), buffer).size;
  std::string words(buffer.data(), size);
  std::replace(words.begin(), words.end(), '\n', ' ');
  words.erase(words.find_last_not_of(' ') + 1);
  return words.empty() ? words : ": " + words;
}

}  // namespace

void call_id_mapper(const std::string& program, pid_t pid, const std::string& lines) {
  const sys::Fd nothing = sys::open("/dev/null", O_RDONLY);
  auto [reading, writing] = sys::make_pipe();
  sys::ChildProcess child = sys::spawn_command({.path = program,
                                                .arguments = arguments_of(program, pid, lines),
                                                .environment = {},
                                                .directory = "/"},
                                               nothing, writing);
  const int status = child.reap();
  if (status == 0) return;
  fail(
      ErrorKind::System,
      "'" + program + "' ended with status " + std::to_string(status) + words_in(reading), {},
      "/etc/subuid and /etc/subgid grant ids to users; with no_new_privs the program has no power");
}

}  // namespace berth::launch
