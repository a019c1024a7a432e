#include <linux/mount.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "runtime/compile/files/mount_options.h"
#include "tests/unit/plan_files.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

/// The steps of one mount on /data, without the child's `child ` in front.
struct OneMount {
  FilesCompiler compiler;
  Lines lines;

  OneMount(std::string type, std::string source, spec::Strings options) {
    compiler.config.mounts = {{.destination = "/data",
                               .type = std::move(type),
                               .source = std::move(source),
                               .options = std::move(options)}};
    for (const std::string& line : compiler.mounts()) {
      if (line.starts_with("child ")) lines.push_back(line.substr(6));
    }
  }

  Lines with(const std::string& op) const {
    Lines found;
    for (const std::string& line : lines) {
      if (line.starts_with(op)) found.push_back(line);
    }
    return found;
  }
};

std::string option(const std::string& key, const std::string& value,
                   const std::string& given_as = "string") {
  return "filesystem_option key='" + key + "' value='" + value + "' given_as='" + given_as + "'";
}

OneMount new_filesystem(spec::Strings options) { return {"tmpfs", "none", std::move(options)}; }

OneMount bind(spec::Strings options) {
  options.insert(options.begin(), "rbind");
  return {"", "/src", std::move(options)};
}

/// What one word makes of a new file system and of a bind mount, where it is option number 1.
struct AttributeWord {
  std::string word;
  std::string created;  ///< attributes of the new file system
  std::string changed;  ///< attributes of the bind mount; empty: no step
};

const std::vector<AttributeWord> kAttributeWords = {
    {"ro", "+ro", "+ro"},
    {"rw", "", "-ro"},
    {"nosuid", "+nosuid", "+nosuid"},
    {"suid", "", "-nosuid"},
    {"nodev", "+nodev", "+nodev"},
    {"dev", "", "-nodev"},
    {"noexec", "+noexec", "+noexec"},
    {"exec", "", "-noexec"},
    {"nosymfollow", "+nosymfollow", "+nosymfollow"},
    {"symfollow", "", "-nosymfollow"},
    {"nodiratime", "+nodiratime", "+nodiratime"},
    {"diratime", "", "-nodiratime"},
    {"noatime", "+noatime", "+noatime"},
    {"atime", "", "+relatime"},
    {"relatime", "", "+relatime"},
    {"norelatime", "", ""},
    {"strictatime", "+strictatime", "+strictatime"},
    {"nostrictatime", "", "+relatime"},
};

/// The `set_attributes` lines of a bind mount with these options after rbind.
Lines attributes(spec::Strings options) { return bind(std::move(options)).with("set_attributes"); }

/// ` attributes='+ro'`
std::string member(const std::string& attributes) {
  return attributes.empty() ? "" : " attributes='" + attributes + "'";
}

Lines created(spec::Strings options) { return new_filesystem(std::move(options)).with("create"); }

TEST_CASE("every attribute word does on a mount what mount(8) says (MO-ro, MO-nosuid, …)") {
  for (const AttributeWord& row : kAttributeWords) {
    DYNAMIC_SECTION("MO-" << row.word) {
      CHECK(created({row.word}) ==
            Lines{"create_filesystem" + member(row.created) + " <- /mounts/0"});
      const Lines changed = attributes({row.word});
      CHECK(changed == (row.changed.empty() ? Lines{}
                                            : Lines{"set_attributes" + member(row.changed) +
                                                    " <- /mounts/0/options/1"}));
    }
  }
}

TEST_CASE("a word about atime clears the whole field, no other word touches it (MO-noatime)") {
  for (const AttributeWord& row : kAttributeWords) {
    const bool is_about_it = row.word.ends_with("atime") && !row.word.ends_with("diratime");
    const OneMount mount = bind({row.word});
    for (const Step& step : mount.compiler.plan.steps) {
      if (!step.is<SetAttributes>()) continue;
      INFO(row.word);
      CHECK((step.as<SetAttributes>().attributes.cleared & MOUNT_ATTR__ATIME) ==
            (is_about_it ? MOUNT_ATTR__ATIME : 0));
    }
  }
}

TEST_CASE(
    "an r in front of an attribute word takes the mounts below along (MO-rro, MO-rnodev, …)") {
  for (const AttributeWord& row : kAttributeWords) {
    const std::string word = "r" + row.word;
    DYNAMIC_SECTION("MO-" << word) {
      CHECK(created({word}) == Lines{"create_filesystem" + member(row.created) + " <- /mounts/0"});
      CHECK(attributes({word}) == (row.changed.empty()
                                       ? Lines{}
                                       : Lines{"set_attributes" + member(row.changed) +
                                               " recursive <- /mounts/0/options/1"}));
      CHECK(new_filesystem({word}).with("filesystem_option").size() == 1);
    }
  }
}

TEST_CASE("the superblock's words are flags of the file system (MO-sync, MO-lazytime, …)") {
  const std::string word = GENERATE(as<std::string>{}, "ro", "rw", "sync", "async", "dirsync",
                                    "lazytime", "nolazytime", "mand", "nomand");
  DYNAMIC_SECTION("MO-" << word) {
    CHECK(new_filesystem({word}).with("filesystem_option key='" + word + "'") ==
          Lines{"filesystem_option key='" + word + "' <- /mounts/0/options/0"});
  }
}

TEST_CASE("a file system may not know iversion (MO-iversion, MO-noiversion)") {
  const std::string word = GENERATE(as<std::string>{}, "iversion", "noiversion");
  CHECK(new_filesystem({word}).with("filesystem_option key='" + word + "'") ==
        Lines{"filesystem_option key='" + word + "' unknown='tolerate' <- /mounts/0/options/0"});
}

TEST_CASE("a bind mount cannot change a superblock, and says so") {
  const OneMount mount = bind({"sync", "iversion", "ro", "rw"});
  CHECK(mount.with("filesystem_option").empty());
  CHECK(mount.compiler.faults().empty());
  CHECK(mount.compiler.warnings.size() == 2);
}

TEST_CASE("words about nothing that a mount has do nothing (MO-defaults, MO-silent, MO-loud)") {
  const std::string word = GENERATE(as<std::string>{}, "defaults", "silent", "loud");
  CHECK(new_filesystem({word}).lines == new_filesystem({}).lines);
  CHECK(bind({word}).lines == bind({}).lines);
}

TEST_CASE("propagation words are applied as listed (MO-shared, MO-rslave, …)") {
  const std::string word = GENERATE(as<std::string>{}, "shared", "slave", "private", "unbindable");
  DYNAMIC_SECTION("MO-" << word) {
    CHECK(new_filesystem({word}).lines.back() ==
          "set_propagation type='" + word + "' <- /mounts/0/options/0");
  }
  DYNAMIC_SECTION("MO-r" << word) {
    CHECK(new_filesystem({"r" + word}).lines.back() ==
          "set_propagation type='" + word + "' recursive <- /mounts/0/options/0");
    CHECK(bind({"r" + word}).with("set_propagation") ==
          Lines{"set_propagation type='" + word + "' recursive <- /mounts/0/options/1"});
  }
  CHECK(new_filesystem({"private", "shared"}).with("set_propagation") ==
        Lines{"set_propagation type='private' <- /mounts/0/options/0",
              "set_propagation type='shared' <- /mounts/0/options/1"});
}

TEST_CASE("bind and rbind make a bind mount, whatever the type is (MO-bind, MO-rbind, MT-3)") {
  FilesCompiler compiler;
  compiler.config.mounts = {
      {.destination = "/a", .type = "tmpfs", .source = "/src", .options = {"bind"}},
      {.destination = "/b", .type = "", .source = "/src", .options = {"rbind", "bind"}}};
  const Lines lines = compiler.mounts();
  CHECK(lines[0] == "child clone_tree path='/src' <- /mounts/0/source");
  CHECK(lines[3] == "child clone_tree path='/src' recursive <- /mounts/1/source");
}

TEST_CASE("words of ours are not handed to the file system (MO-idmap-2)") {
  const std::string word =
      GENERATE(as<std::string>{}, "idmap", "ridmap", "idmap=uids=0-0-1;gids=0-0-1", "tmpcopyup");
  CHECK(new_filesystem({"nodev", word}).with("filesystem_option").size() == 1);
}

TEST_CASE("an unknown word is data of the file system, with or without a value (MO-UNKNOWN-1)") {
  CHECK(OneMount("overlay", "x", {"lowerdir=/a:/b", "userxattr", "upperdir="})
            .with("filesystem_option") ==
        Lines{option("source", "x") + " <- /mounts/0",
              option("lowerdir", "/a:/b") + " <- /mounts/0/options/0",
              "filesystem_option key='userxattr' <- /mounts/0/options/1",
              "filesystem_option key='upperdir' given_as='string' <- /mounts/0/options/2"});
}

TEST_CASE("one string may hold several words of data, with commas between (MO-UNKNOWN-1)") {
  const auto data = [](const std::string& text) {
    Lines found;
    const OneMount mount = new_filesystem({text});
    for (const Step& step : mount.compiler.plan.steps) {
      if (!step.is<FilesystemOption>()) continue;
      const auto& option = step.as<FilesystemOption>();
      const bool has_value = option.given_as == OptionValue::String;
      found.push_back(
          mount.compiler.plan.text_at(option.key) +
          (has_value ? std::string("=") + mount.compiler.plan.text_at(option.value) : ""));
    }
    found.erase(found.begin());  // the source
    return found;
  };
  CHECK(data("size=1m,mode=711") == Lines{"size=1m", "mode=711"});
  CHECK(data("lowerdir=/l:/k,upperdir=/u,workdir=/w,userxattr") ==
        Lines{"lowerdir=/l:/k", "upperdir=/u", "workdir=/w", "userxattr"});
  CHECK(data(",a,,b=c,") == Lines{"a", "b=c"});
  // What overlayfs takes off, and what SELinux quotes.
  CHECK(data(R"(upperdir=/a\,b,workdir=/w)") == Lines{R"(upperdir=/a\,b)", "workdir=/w"});
  CHECK(data(R"(context="u:r:t:s0:c1,c2",size=1m)") == Lines{"context=u:r:t:s0:c1,c2", "size=1m"});
  // As the kernel takes them in data: of the superblock.
  CHECK(data("size=1m,ro,sync") == Lines{"size=1m", "ro", "sync"});
}

TEST_CASE("a word about the mount has no place in a list of data (MO-UNKNOWN-1)") {
  for (const char* text : {"size=1m,nosuid", "rbind,ro", "size=1m,rro", "a,=b"}) {
    CHECK(new_filesystem({text}).compiler.faults() == Lines{"/mounts/0/options/0"});
  }
}

TEST_CASE("an empty option is ignored, and is a warning") {
  const OneMount mount = new_filesystem({"nosuid", ""});
  CHECK(mount.compiler.faults().empty());
  CHECK(mount.with("filesystem_option").size() == 1);
  CHECK(mount.compiler.warnings == Lines{"/mounts/0/options/1: is empty, which means nothing"});
}

TEST_CASE("data words for a bind mount are a mistake") {
  CHECK(bind({"ro", "size=64k"}).compiler.faults() == Lines{"/mounts/0/options/2"});
}

TEST_CASE("layers that fsconfig takes not as one string are given one by one (MO-UNKNOWN-1)") {
  const std::string a = "/" + std::string(150, 'a'), b = "/" + std::string(150, 'b');
  const std::string origin = " <- /mounts/0/options/0";
  const auto options = [](const std::string& word) {
    return OneMount("overlay", "x", {word}).with("filesystem_option");
  };
  CHECK(options("lowerdir=" + a + ":" + b) == Lines{option("source", "x") + " <- /mounts/0",
                                                    option("lowerdir+", a) + origin,
                                                    option("lowerdir+", b) + origin});
  // Escapes are for the string of all layers; after two colons there is data alone.
  CHECK(options("lowerdir=" + a + R"(\:x\\y:/l::)" + b + "::/d") ==
        Lines{option("source", "x") + " <- /mounts/0", option("lowerdir+", a + R"(:x\y)") + origin,
              option("lowerdir+", "/l") + origin, option("datadir+", b) + origin,
              option("datadir+", "/d") + origin});
}

TEST_CASE("a single layer of more than 255 bytes is given as a descriptor (MO-UNKNOWN-1)") {
  const std::string deep = "/" + std::string(300, 'a');
  const std::string key = GENERATE(as<std::string>(), "lowerdir", "upperdir", "workdir");
  const Lines lines =
      OneMount("overlay", "x", {key + "=" + deep + R"(\:b)"}).with("filesystem_option");
  CHECK(lines.at(1) == option(key == "lowerdir" ? "lowerdir+" : key, deep + ":b", "directory") +
                           " <- /mounts/0/options/0");
}

TEST_CASE("a long value that is not a list of layers is refused (MO-UNKNOWN-1)") {
  const std::string list =
      "/" + std::string(256, 'a') + GENERATE(as<std::string>(), ":", "::", "::/d:/l", ":::/d");
  CHECK(OneMount("overlay", "x", {"lowerdir=" + list}).compiler.faults() ==
        Lines{"?/mounts/0/options/0"});
}

TEST_CASE("a word without a name, or a value longer than fsconfig takes, is refused at its place") {
  CHECK(new_filesystem({"=x"}).compiler.faults() == Lines{"/mounts/0/options/0"});
  CHECK(new_filesystem({"a=" + std::string(256, 'x')}).compiler.faults() ==
        Lines{"?/mounts/0/options/0"});
  CHECK(new_filesystem({"a=" + std::string(255, 'x')}).compiler.faults().empty());
}

TEST_CASE("of contradictory words the last wins (MO-CUSTOM-1)") {
  const std::string origin = " <- /mounts/0/options";
  CHECK(attributes({"ro", "rw"}) == Lines{"set_attributes attributes='-ro'" + origin});
  CHECK(attributes({"rw", "ro"}) == Lines{"set_attributes attributes='+ro'" + origin});
  CHECK(attributes({"nosuid", "exec", "suid", "noexec"}) ==
        Lines{"set_attributes attributes='+noexec -nosuid'" + origin});
  CHECK(created({"ro", "noexec", "rw"}) ==
        Lines{"create_filesystem attributes='+noexec' <- /mounts/0"});
  CHECK(new_filesystem({"sync", "async"}).with("filesystem_option").back() ==
        "filesystem_option key='async' <- /mounts/0/options/1");
}

TEST_CASE("of the three ways to keep access times the last wins") {
  const auto created_with = [](spec::Strings options) { return created(std::move(options)).at(0); };
  const std::string origin = " <- /mounts/0";
  CHECK(created_with({"noatime", "strictatime"}) ==
        "create_filesystem attributes='+strictatime'" + origin);
  CHECK(created_with({"strictatime", "noatime"}) ==
        "create_filesystem attributes='+noatime'" + origin);
  CHECK(created_with({"strictatime", "relatime"}) == "create_filesystem" + origin);
}

TEST_CASE("a word that takes an access time mode back leaves the other modes alone") {
  CHECK(created({"noatime", "nostrictatime"}) ==
        Lines{"create_filesystem attributes='+noatime' <- /mounts/0"});
  CHECK(created({"strictatime", "atime"}) ==
        Lines{"create_filesystem attributes='+strictatime' <- /mounts/0"});
  CHECK(created({"noatime", "atime"}) == Lines{"create_filesystem <- /mounts/0"});
  CHECK(attributes({"nodiratime", "noatime"}) ==
        Lines{"set_attributes attributes='+noatime +nodiratime' <- /mounts/0/options"});
}

TEST_CASE("a recursive word overrides the words before it, a later one the top alone") {
  CHECK(attributes({"rw", "rro"}) ==
        Lines{"set_attributes attributes='+ro' recursive <- /mounts/0/options/2"});
  CHECK(attributes({"rro", "rw"}) ==
        Lines{"set_attributes attributes='+ro' recursive <- /mounts/0/options/1",
              "set_attributes attributes='-ro' <- /mounts/0/options/2"});
  CHECK(attributes({"nosuid", "ro", "rro"}) ==
        Lines{"set_attributes attributes='+ro' recursive <- /mounts/0/options/3",
              "set_attributes attributes='+nosuid' <- /mounts/0/options"});
  CHECK(attributes({"noatime", "rstrictatime"}) ==
        Lines{"set_attributes attributes='+strictatime' recursive <- /mounts/0/options/2"});
}

TEST_CASE("the known words are those of config.md that are executed (FT-5)") {
  const std::vector<std::string> words = known_mount_options();
  const std::set<std::string> expected = {
      // MUST
      "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "iversion",
      "lazytime", "loud", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime",
      "norelatime", "nostrictatime", "nosuid", "private", "rbind", "relatime", "remount", "ro",
      "rprivate", "rshared", "rslave", "runbindable", "rw", "shared", "silent", "slave",
      "strictatime", "suid", "sync", "unbindable",
      // SHOULD; rnodev is in features.md alone
      "nosymfollow", "symfollow", "ratime", "rdev", "rdiratime", "rexec", "rnoatime", "rnodev",
      "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow",
      "rrelatime", "rro", "rrw", "rstrictatime", "rsuid", "rsymfollow", "idmap", "ridmap",
      // MAY
      "mand", "nomand", "tmpcopyup",
      // crun(1)
      "src-nofollow", "dest-nofollow", "copy-symlink"};
  CHECK(std::set<std::string>(words.begin(), words.end()) == expected);
  CHECK(words.size() == expected.size());
}

}  // namespace
}  // namespace berth::plan
