#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/plan_files.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

FilesCompiler with_mounts(std::vector<spec::Mount> mounts) {
  FilesCompiler compiler;
  compiler.config.mounts = std::move(mounts);
  return compiler;
}

spec::Mount tmpfs(std::string destination) {
  return {.destination = std::move(destination), .type = "tmpfs"};
}

spec::Mount bind(std::string destination, spec::Strings options = {}) {
  options.push_back("bind");
  return {.destination = std::move(destination), .source = "/src", .options = std::move(options)};
}

/// Where the only mount is placed, and by which rules.
std::string placed(spec::Mount mount) {
  FilesCompiler compiler = with_mounts({std::move(mount)});
  (void)compiler.mounts();
  for (const Step& step : compiler.plan.steps) {
    if (!step.is<Place>()) continue;
    const Description place = description_of(step, compiler.plan.text);
    const std::string rules = place.members.at(1).text;
    return place.members.at(0).text + (rules.empty() ? "" : ": " + rules);
  }
  return {};
}

Lines faults(std::vector<spec::Mount> mounts) {
  FilesCompiler compiler = with_mounts(std::move(mounts));
  (void)compiler.mounts();
  return compiler.faults();
}

TEST_CASE("a new file system is configured, created and placed (MT-4 SR-3)") {
  CHECK(
      with_mounts({{.destination = "/dev/pts",
                    .type = "devpts",
                    .source = "devpts",
                    .options = {"nosuid", "noexec", "newinstance", "gid=5"}}})
          .mounts() ==
      Lines{"child new_filesystem type='devpts' <- /mounts/0",
            "child filesystem_option key='source' value='devpts' given_as='string' <- /mounts/0",
            "child filesystem_option key='newinstance' <- /mounts/0/options/2",
            "child filesystem_option key='gid' value='5' given_as='string' <- /mounts/0/options/3",
            "child create_filesystem attributes='+nosuid +noexec' <- /mounts/0",
            "child place path='/dev/pts' <- /mounts/0"});
}

TEST_CASE("a file system without a source has its type as one") {
  CHECK(with_mounts({tmpfs("/a")}).mounts()[1] ==
        "child filesystem_option key='source' value='tmpfs' given_as='string' <- /mounts/0");
}

TEST_CASE("a tmpfs without a mode takes that of the directory that it covers") {
  const auto asks = [](spec::Mount mount) {
    for (const std::string& line : with_mounts({std::move(mount)}).mounts()) {
      if (line.starts_with("child take_mode ")) return line;
    }
    return std::string();
  };
  CHECK(asks(tmpfs("/a")) == "child take_mode path='/a' <- /mounts/0");
  CHECK(asks(tmpfs("/dev")) == "child take_mode path='/dev' rules='no_symlinks' <- /mounts/0");
  spec::Mount mount = tmpfs("/a");
  mount.options = {"mode=700"};
  CHECK(asks(mount).empty());
  mount.options = {"tmpcopyup"};  // which takes it along
  CHECK(asks(mount).empty());
  mount = {.destination = "/a", .type = "ramfs"};
  CHECK(asks(mount).empty());
}

TEST_CASE("a bind mount is opened in its turn and complete before it is placed (MT-3 SR-3)") {
  CHECK(with_mounts({bind("/a", {"ro", "nosuid"})}).mounts() ==
        Lines{"child clone_tree path='/src' <- /mounts/0/source",
              "child set_propagation type='slave' <- /mounts/0",
              "child set_attributes attributes='+ro +nosuid' <- /mounts/0/options",
              "child place path='/a' <- /mounts/0"});
}

TEST_CASE("a relative source starts at the bundle (MT-3)") {
  FilesCompiler compiler =
      with_mounts({{.destination = "/a", .source = "data/x", .options = {"rbind"}}});
  CHECK(compiler.mounts()[0] == "child clone_tree path='/b/data/x' recursive <- /mounts/0/source");
}

TEST_CASE("mounts are planned in the listed order (MT-1)") {
  const Lines lines = with_mounts({tmpfs("/b"), bind("/b/c"), tmpfs("/a")}).mounts();
  Lines places;
  for (const std::string& line : lines) {
    if (line.starts_with("child place")) places.push_back(line);
  }
  CHECK(places == Lines{"child place path='/b' <- /mounts/0",
                        "child place path='/b/c' <- /mounts/1",
                        "child place path='/a' <- /mounts/2"});
}

TEST_CASE("what the child may not open, or not open so late, the host opens before (MT-3 NS-4)") {
  FilesCompiler compiler = with_mounts({bind("/a")});
  SECTION("a mount that is shared with the host") {
    compiler.config.mounts[0].options.push_back("rshared");
  }
  SECTION("a mount whose ids are mapped") { compiler.config.mounts[0].options.push_back("idmap"); }
  SECTION("a tree that holds the root") {
    compiler.config.mounts[0].options = {"rbind"};
    compiler.config.mounts[0].source = GENERATE("/", "/b", "/b/rootfs");
  }
  SECTION("a file that is another one to each process") {
    compiler.config.mounts[0].source = GENERATE("/proc/self/fd/7", "/dev/fd/7");
  }
  SECTION("for the root of a user namespace") { compiler.add_namespace("user"); }
  SECTION("for somebody in a mount namespace of others") {
    compiler.config.linux.namespaces[0].path = "/mnt";
  }
  const Lines lines = compiler.mounts();
  CHECK(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("host open_tree path='") && line.find(" to=1 ") != std::string::npos;
  }));
}

TEST_CASE("what is mounted in the container on a bind mount stays there, by default") {
  const auto propagation = [](spec::Strings options) {
    Lines found;
    FilesCompiler compiler =
        with_mounts({{.destination = "/a", .source = "/src", .options = std::move(options)}});
    (void)compiler.mounts();
    for (const Step& step : compiler.plan.steps) {
      if (!step.is<SetPropagation>()) continue;
      const Description change = description_of(step, compiler.plan.text);
      const bool is_recursive = step.as<SetPropagation>().recursive;
      found.push_back(change.members.at(0).text + (is_recursive ? " all" : ""));
    }
    return found;
  };
  CHECK(propagation({"bind"}) == Lines{"slave"});
  CHECK(propagation({"rbind"}) == Lines{"slave all"});
  CHECK(propagation({"bind", "private"}) == Lines{"private"});
  CHECK(propagation({"rbind", "rprivate"}) == Lines{"private all"});
  CHECK(propagation({"rbind", "rshared"}) == Lines{"shared all"});
  CHECK(propagation({"rbind", "slave", "rshared"}) == Lines{"slave", "shared all"});
  // The mounts below are the host's, too; shared is what makes them reach it.
  CHECK(propagation({"rbind", "private"}) == Lines{"slave all", "private"});
  CHECK(propagation({"rbind", "shared"}) == Lines{"shared"});
}

TEST_CASE("a destination is cleaned, a relative one starts at / (MT-2)") {
  CHECK(placed(tmpfs("a/b")) == "/a/b");
  CHECK(placed(tmpfs("//a/./b//c/")) == "/a/b/c");
  CHECK(placed(tmpfs("/a/x/../../b")) == "/b");
  CHECK(placed(tmpfs("/../../a")) == "/a");
}

TEST_CASE("nothing can be mounted on the root itself") {
  CHECK(faults({tmpfs("/"), tmpfs(""), bind("/a/..")}) ==
        Lines{"/mounts/0/destination", "/mounts/1/destination", "/mounts/2/destination"});
}

TEST_CASE("on /proc there is a procfs alone (SR-6)") {
  CHECK(faults({tmpfs("/proc")}) == Lines{"/mounts/0/type"});
  CHECK(placed(bind("/proc")) == "/proc: no_symlinks, only_proc");  // which init looks at
}

TEST_CASE("the type 'bind' without the option is a mistake that says what to add") {
  FilesCompiler compiler = with_mounts({{.destination = "/a", .type = "bind", .source = "/src"}});
  (void)compiler.mounts();
  CHECK(compiler.faults() == Lines{"/mounts/0/type"});
  CHECK(compiler.problems.list()[0].message ==
        "'bind' is not a file system: add 'bind' to the options");
}

TEST_CASE("a mount needs a type or a source") {
  CHECK(faults({{.destination = "/a"}, {.destination = "/b", .options = {"bind"}}}) ==
        Lines{"/mounts/0/type", "/mounts/1/source"});
}

TEST_CASE("/proc, /sys, /dev, and procfs and sysfs anywhere, follow no symbolic link (SR-6)") {
  CHECK(placed(tmpfs("/dev")) == "/dev: no_symlinks");
  CHECK(placed(bind("/sys")) == "/sys: no_symlinks");
  CHECK(placed({.destination = "/proc", .type = "proc"}) == "/proc: no_symlinks");
  CHECK(placed({.destination = "/other/proc", .type = "proc"}) == "/other/proc: no_symlinks");
  CHECK(placed({.destination = "/x", .type = "sysfs"}) == "/x: no_symlinks");
  CHECK(placed(tmpfs("/dev/shm")) == "/dev/shm");
  // The type of a bind mount means nothing.
  CHECK(placed({.destination = "/x", .type = "proc", .source = "/y", .options = {"bind"}}) == "/x");
}

TEST_CASE("only some files of /proc can be mounted over (SR-6)") {
  for (const char* file : {"cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg",
                           "slabinfo", "sys/kernel/ns_last_pid", "sys/crypto/fips_enabled"}) {
    CHECK(placed(bind("/proc/" + std::string(file))) ==
          "/proc/" + std::string(file) + ": may_cover_proc");
  }
  CHECK(faults({bind("/proc/self"), tmpfs("/proc/sys"), bind("/proc/stat/x"), bind("/process")}) ==
        Lines{"/mounts/0/destination", "/mounts/1/destination", "/mounts/2/destination"});
}

TEST_CASE("a second procfs may cover the first") {
  const spec::Mount proc = {.destination = "/proc", .type = "proc"};
  CHECK(with_mounts({proc, proc}).mounts().back() ==
        "child place path='/proc' rules='no_symlinks, may_cover_proc' <- /mounts/1");
  spec::Mount bound = bind("/proc");
  bound.type = "proc";
  CHECK(with_mounts({bound, proc}).mounts().back() ==
        "child place path='/proc' rules='no_symlinks' <- /mounts/1");
}

TEST_CASE("remount changes the file system and the mount (MO-remount)") {
  CHECK(
      with_mounts({{.destination = "/a", .options = {"remount", "ro", "nodev", "size=1k"}}})
          .mounts() ==
      Lines{
          "child pick_filesystem path='/a' <- /mounts/0",
          "child filesystem_option key='ro' <- /mounts/0/options/1",
          "child filesystem_option key='size' value='1k' given_as='string' <- /mounts/0/options/3",
          "child reconfigure <- /mounts/0",
          "child set_attributes attributes='+ro +nodev' <- /mounts/0/options"});
}

TEST_CASE("remount without a word for the file system leaves it alone (MO-remount)") {
  CHECK(with_mounts({{.destination = "/a", .options = {"remount", "nodev", "rslave"}}}).mounts() ==
        Lines{"child find_mount path='/a' <- /mounts/0",
              "child set_attributes attributes='+nodev' <- /mounts/0/options/1",
              "child set_propagation type='slave' recursive <- /mounts/0/options/2"});
}

TEST_CASE("remount with bind changes the mount alone, /proc and / too (MO-remount)") {
  FilesCompiler compiler =
      with_mounts({{.destination = "/", .options = {"bind", "remount", "ro"}},
                   {.destination = "/proc/sys", .options = {"bind", "remount", "ro"}}});
  CHECK(compiler.mounts() == Lines{"child find_mount path='/' <- /mounts/0",
                                   "child set_attributes attributes='+ro' <- /mounts/0/options/2",
                                   "child find_mount path='/proc/sys' <- /mounts/1",
                                   "child set_attributes attributes='+ro' <- /mounts/1/options/2"});
  CHECK(compiler.faults().empty());
}

TEST_CASE("a read-only /dev is made so when nothing is written to it any more") {
  FilesCompiler compiler = with_mounts({tmpfs("/dev")});
  compiler.config.mounts[0].options = {"nosuid", "ro"};
  CHECK(compiler.mounts() ==
        Lines{"child new_filesystem type='tmpfs' <- /mounts/0",
              "child filesystem_option key='source' value='tmpfs' given_as='string' <- /mounts/0",
              "child take_mode path='/dev' rules='no_symlinks' <- /mounts/0",
              "child create_filesystem attributes='+nosuid' <- /mounts/0",
              "child place path='/dev' rules='no_symlinks' <- /mounts/0"});
  const Lines root = compiler.root();
  CHECK(Lines(root.end() - 2, root.end()) ==
        Lines{"child find_mount path='/dev' <- /mounts/0",
              "child set_attributes attributes='+ro' <- /mounts/0/options"});
}

}  // namespace
}  // namespace berth::plan
