// README.md is a program, too: its blocks of commands are typed into a shell as they stand, one
// after the other, as a person pastes them into a terminal.
//
// In a block, lines that begin with `$ ` are commands and the others what they print, where `…`
// stands for anything; without such lines all are commands.
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

constexpr uid_t kUser = 65534;

enum class By { Root, User, Nobody };

/// What the test knows about a block beside its text.
struct Row {
  const char* first_line;
  By by = By::Root;  ///< Nobody: not typed, because of `why`
  const char* why = "";
  std::vector<std::string> shows = {};  ///< in what it prints
  bool ends_in_shell = false;           ///< of the container, which somebody leaves
  int status = 0;                       ///< of the shell
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {.first_line = "./dev demo      # builds berth, runs a container, shows what is different "
                     "inside it",
       .by = By::Nobody,
       .why = "builds berth and runs these tests"},
      {.first_line = "mkdir -p box/rootfs/bin && cd box", .ends_in_shell = true},
      {.first_line = R"(sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"sleep", "600"/' )"
                     "config.json",
       .shows = {R"("status": "created")", R"("pid": )", "running"}},
      {.first_line = "$ berth plan | grep -e hostname -e execute"},
      {.first_line = "sudo berth --trace trace.json create web1"},
      {.first_line = R"($ sed -i 's|"cwd": "/"|"cwd": "tmp", "cdw": "/"|; s|"network"|"netwrok"|' )"
                     "config.json",
       .status = 1},
      {.first_line = "rm config.json", .by = By::User, .ends_in_shell = true},
      {.first_line = "sudo dockerd --add-runtime berth=/usr/local/bin/berth ...",
       .by = By::Nobody,
       .why = "wants docker and an image; conformance/engines does it"},
  };
  return all;
}

std::vector<Lines> blocks_of(const std::string& text) {
  std::vector<Lines> blocks;
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    const bool is_code = line.starts_with("    ");
    if (is_code && !inside) blocks.emplace_back();
    if (is_code) blocks.back().push_back(line.substr(4));
    inside = is_code;
  }
  return blocks;
}

bool is_command(const std::string& line) { return line.starts_with("$ "); }

std::string commands_of(const Lines& block) {
  const bool shows_output = std::any_of(block.begin(), block.end(), is_command);
  std::string text;
  for (const std::string& line : block) {
    if (!shows_output) text += line + "\n";
    if (is_command(line)) text += line.substr(2) + "\n";
  }
  return text;
}

Lines split(const std::string& text, const std::string& separator) {
  Lines parts;
  std::size_t begin = 0;
  for (std::size_t end = text.find(separator); end != std::string::npos;
       end = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// `…` in the pattern is any text.
bool matches(const std::string& line, const std::string& pattern) {
  const Lines parts = split(pattern, "…");
  if (parts.size() == 1) return line == pattern;
  std::size_t at = 0;
  for (const std::string& part : parts) {
    at = line.find(part, at);
    if (at == std::string::npos) return false;
    at += part.size();
  }
  return line.starts_with(parts.front()) && line.ends_with(parts.back());
}

void check_output(const Lines& block, const std::string& printed) {
  Lines expected = block;
  std::erase_if(expected, is_command);
  if (expected.size() == block.size()) return;  // none is shown
  Lines found = lines_of(printed);
  std::erase_if(found, [](const std::string& line) { return line.starts_with("[berth "); });
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("README: " << expected[i] << "\nberth:  " << found[i]);
    CHECK(matches(found[i], expected[i]));
  }
}

/// A person at a terminal, with berth and sudo in the PATH.
class Person : public Machine {
 public:
  Person() : home_(new_directory("home")), tools_(new_directory("tools")) {
    fs::copy_file(Runtime::program(), tools_ + "/berth-itself");
    // Whose line says when the person has the terminal back.
    const std::string end = "code=$?\necho \"[berth $* ended]\" >&2\nexit $code\n";
    write_file(tools_ + "/berth",
               "#!/bin/sh\n" + tools_ + "/berth-itself ${STATE:+--root $STATE} \"$@\"\n" + end,
               0755);
    write_file(tools_ + "/sudo", "#!/bin/sh\nexec \"$@\"\n", 0755);
  }

  void type(const Row& row, const Lines& block);

 private:
  Command shell(const Row& row, const Terminal& terminal);
  void give_home_to_user();

  std::string home_, tools_;
};

/// Standard output and error are the test's; the terminal, where the block is typed, has no echo.
Command Person::shell(const Row& row, const Terminal& terminal) {
  const std::string box = home_ + "/box";
  const std::string directory = fs::exists(box) ? box : home_;
  return {.argv = {"sh", "-e"}, .prepare = [=, this, &terminal] {
            setsid();
            ioctl(terminal.terminal.get(), TIOCSCTTY, 0);
            termios settings = terminal.settings();
            settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            tcsetattr(terminal.terminal.get(), TCSANOW, &settings);
            dup2(terminal.terminal.get(), STDIN_FILENO);
            dup2(STDOUT_FILENO, STDERR_FILENO);
            setenv("PATH", (tools_ + ":" + getenv("PATH")).c_str(), 1);
            if (row.by == By::Root) setenv("STATE", runtime().state_root().c_str(), 1);
            setenv("XDG_RUNTIME_DIR", (home_ + "/run").c_str(), 1);
            const bool is_there = chdir(directory.c_str()) == 0;
            const bool is_user = row.by != By::User || (setgid(kUser) == 0 && setuid(kUser) == 0);
            if (!is_there || !is_user) _exit(99);
          }};
}

void Person::give_home_to_user() {
  fs::create_directory(home_ + "/run");
  REQUIRE(chmod((home_ + "/run").c_str(), 0700) == 0);
  REQUIRE(lchown(home_.c_str(), kUser, kUser) == 0);
  for (const auto& entry : fs::recursive_directory_iterator(home_)) {
    REQUIRE(lchown(entry.path().c_str(), kUser, kUser) == 0);
  }
}

void Person::type(const Row& row, const Lines& block) {
  INFO("the block that begins with: " << row.first_line);
  if (row.by == By::User) give_home_to_user();
  const Terminal terminal;
  Child shell(this->shell(row, terminal));
  terminal.type(commands_of(block));
  if (row.ends_in_shell) {
    shell.wait_for_output("# ");
    terminal.type("echo process $$\r");
    shell.wait_for_output("process 1");
    terminal.type("exit\r");
    shell.wait_for_output("[berth run web1 ended]");
  }
  terminal.type("exit\n");
  const Outcome outcome = shell.wait();
  INFO(outcome.out);
  CHECK(outcome.status == row.status);
  for (const std::string& text : row.shows) CHECK(contains(outcome.out, text));
  check_output(block, outcome.out);
}

bool may_make_user_namespaces() {
  const Command command{.argv = {"unshare", "--user", "true"}, .prepare = [] {
                          if (setgid(kUser) != 0 || setuid(kUser) != 0) _exit(99);
                        }};
  return run_command(command).status == 0;
}

TEST_CASE_METHOD(Person, "every block of README runs as it stands", "[readme][berth]") {
  const std::vector<Lines> blocks = blocks_of(read_file(BERTH_README));
  Lines found;
  Lines known;
  for (const Lines& block : blocks) found.push_back(block.front());
  for (const Row& row : rows()) known.emplace_back(row.first_line);
  REQUIRE(found == known);
  const bool has_users = may_make_user_namespaces();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const By by = rows()[i].by;
    if (by == By::Root || (by == By::User && has_users)) type(rows()[i], blocks[i]);
  }
  CHECK(contains(read_file(place() + "/home/box/trace.json"), "traceEvents"));
  if (!has_users) skip("no user may make a user namespace here: the block 'Without root'");
}

/// The first words of what stands between backquotes in the first column.
Lines verbs_of_readme() {
  Lines verbs;
  bool is_there = false;
  for (const std::string& line : lines_of(read_file(BERTH_README))) {
    if (line.starts_with("#")) is_there = line == "## Verbs";
    const bool is_row = is_there && line.starts_with("| `");
    const std::string cell = is_row ? line.substr(2, line.find(" | ", 2) - 2) : "";
    for (std::size_t at = cell.find('`'); at != std::string::npos; at = cell.find('`', at + 1)) {
      const std::string text = cell.substr(at + 1, cell.find('`', at + 1) - at - 1);
      verbs.push_back(words_of(text).front());
      at = cell.find('`', at + 1);
    }
  }
  std::sort(verbs.begin(), verbs.end());
  return verbs;
}

Lines verbs_of_help(const std::string& help) {
  Lines verbs;
  bool is_there = false;
  for (const std::string& line : lines_of(help)) {
    const bool is_row = line.starts_with("  ");
    if (is_there && is_row) verbs.push_back(words_of(line).front());
    is_there = line == "Verbs:" || (is_there && is_row);
  }
  std::sort(verbs.begin(), verbs.end());
  return verbs;
}

TEST_CASE_METHOD(Machine, "README has the verbs that berth has", "[readme][berth]") {
  const Lines verbs = verbs_of_help(call({"--help"}).out);
  CHECK_FALSE(verbs.empty());
  CHECK(verbs_of_readme() == verbs);
}

TEST_CASE_METHOD(Machine, "a verb that README says is still missing is refused by its name",
                 "[readme][berth]") {
  const std::string readme = read_file(BERTH_README);
  const std::size_t begin = readme.find("Not yet: ");
  REQUIRE(begin != std::string::npos);
  const std::string sentence = readme.substr(begin, readme.find("Each of them", begin) - begin);
  for (const char* const verb : {"checkpoint", "restore"}) {
    CHECK(contains(sentence, "`" + std::string(verb) + "`"));
    CHECK_THAT(call({verb, "web1"}), Fails({"'" + std::string(verb) + "'", "not supported"}));
  }
}

}  // namespace
}  // namespace berth::test
