#include "runtime/cli/help.h"

#include "runtime/cli/globals.h"
#include "runtime/cli/verbs.h"

namespace berth::cli {

namespace {

void add_line(std::string& text, std::string_view left, std::string_view right) {
  constexpr std::size_t kColumn = 26;
  text.append("  ").append(left);
  text.append(left.size() + 3 > kColumn ? 1 : kColumn - 2 - left.size(), ' ');
  text.append(right).append("\n");
}

void add_flags(std::span<const Flag> flags, std::string& usage, std::string& list) {
  for (const Flag& flag : flags) {
    if (flag.is_argument()) usage.append(" ").append(flag.spelling);
    add_line(list, flag.is_argument() ? flag.name() : flag.spelling, flag.help);
  }
}

std::string help_of(const Verb& verb) {
  std::string usage = "berth " + std::string(verb.name) + " [FLAGS]";
  std::string list;
  add_line(list, "-h,--help", "print this and leave");
  add_flags(verb.flags, usage, list);
  return std::string(verb.summary) + "\n\nusage: " + usage + "\n\n" + list + std::string(verb.note);
}

}  // namespace

std::string help_of(const Verb* verb) {
  if (verb != nullptr) return help_of(*verb);
  std::string usage = "berth [FLAGS]";
  std::string list;
  add_line(list, "-h,--help", "print this and leave");
  add_line(list, "-v,--version", "print the version and leave");
  add_flags(global_flags(), usage, list);
  list += "\nVerbs:\n";
  for (const Verb* const each : verbs()) add_line(list, each->name, each->summary);
  return "berth: runs OCI containers.\n\nusage: " + usage + "\n\n" + list +
         "\n`berth VERB --help` prints the flags of a verb.\n"
         "Exit code: 0 done; 1 an error of berth, reported on standard error and in the log; of a\n"
         "foreground `run` the program's own.\n";
}

}  // namespace berth::cli
