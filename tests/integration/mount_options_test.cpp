// Each word of the table of mount options, by what the kernel shows of it.
#include <sys/mount.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

using Words = std::vector<std::string>;

std::string destination_of(std::size_t row) { return "/data" + std::to_string(row); }

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

// ---- flags of the mount ---------------------------------------------------------------------

struct Flag {
  Words options;
  Words shown;   ///< all of these
  Words hidden;  ///< none of these
};

const Flag kFlags[] = {
    {{"ro"}, {"ro"}, {"rw"}},
    {{"rw"}, {"rw"}, {"ro"}},
    {{"ro", "rw"}, {"rw"}, {"ro"}},
    {{"nosuid"}, {"nosuid"}, {}},
    {{"nosuid", "suid"}, {}, {"nosuid"}},
    {{"nodev"}, {"nodev"}, {}},
    {{"nodev", "dev"}, {}, {"nodev"}},
    {{"noexec"}, {"noexec"}, {}},
    {{"noexec", "exec"}, {}, {"noexec"}},
    {{"noatime"}, {"noatime"}, {"relatime"}},
    {{"relatime"}, {"relatime"}, {"noatime"}},
    {{"strictatime"}, {}, {"noatime", "relatime"}},
    {{"noatime", "atime"}, {}, {"noatime"}},
    {{"nodiratime"}, {"nodiratime"}, {}},
    {{"nodiratime", "diratime"}, {}, {"nodiratime"}},
    {{"strictatime", "relatime"}, {"relatime"}, {}},
    {{"nosuid", "nodev", "noexec", "ro"}, {"nosuid", "nodev", "noexec", "ro"}, {}},
    {{"nosymfollow"}, {"nosymfollow"}, {}},
    {{"nosymfollow", "symfollow"}, {}, {"nosymfollow"}},
};

void check_flags(const MountEntry& mount, const Flag& flag) {
  INFO(joined(flag.options) << " gives " << mount.options);
  for (const std::string& word : flag.shown) CHECK(mount.has(word));
  for (const std::string& word : flag.hidden) CHECK_FALSE(mount.has(word));
}

void check_every_flag(Machine& machine, const std::string& type, const std::string& source,
                      const Words& first) {
  Bundle bundle = machine.new_bundle();
  for (std::size_t i = 0; i < std::size(kFlags); ++i) {
    Words options = first;
    options.insert(options.end(), kFlags[i].options.begin(), kFlags[i].options.end());
    bundle.add_mount(type, source, destination_of(i), options);
  }
  Container box(machine, bundle);
  box.create();
  for (std::size_t i = 0; i < std::size(kFlags); ++i) {
    check_flags(mount_at(box.pid(), destination_of(i)), kFlags[i]);
  }
}

TEST_CASE_METHOD(Machine,
                 "flags of a new file system are set, the last word wins (MO-ro MO-rw "
                 "MO-nosuid MO-suid MO-nodev MO-dev MO-noexec MO-exec MO-noatime MO-atime "
                 "MO-relatime MO-strictatime MO-nodiratime MO-diratime MO-nosymfollow "
                 "MO-symfollow)",
                 "[mounts][options][berth]") {
  check_every_flag(*this, "tmpfs", "tmpfs", {});
}

TEST_CASE_METHOD(Machine, "flags of a bind are set, the last word wins (MO-bind)",
                 "[mounts][options][berth]") {
  check_every_flag(*this, "bind", new_directory("source"), {"bind"});
}

TEST_CASE_METHOD(Machine, "the everyday flags work for a bind (MO-ro MO-nosuid MO-nodev MO-noexec)",
                 "[mounts][options]") {
  Bundle bundle = new_bundle().add_mount("bind", new_directory("source"), "/data",
                                         {"rbind", "ro", "nosuid", "nodev", "noexec"});
  Container box(*this, bundle);
  box.create();
  check_flags(mount_at(box.pid(), "/data"), {{}, {"ro", "nosuid", "nodev", "noexec"}, {"rw"}});
}

// ---- flags of the file system ---------------------------------------------------------------

struct SuperFlag {
  Words options;
  std::string word;
  bool shown;
};

const SuperFlag kSuperFlags[] = {
    {{"sync"}, "sync", true},
    {{"sync", "async"}, "sync", false},
    {{"dirsync"}, "dirsync", true},
    {{"lazytime"}, "lazytime", true},
    {{"lazytime", "nolazytime"}, "lazytime", false},
    {{"mode=0710"}, "mode=710", true},
    {{"size=128k"}, "size=128k", true},
    {{"nr_inodes=77"}, "nr_inodes=77", true},
};

TEST_CASE_METHOD(Machine,
                 "flags and data of the file system reach the kernel (MO-sync MO-async "
                 "MO-dirsync MO-lazytime MO-nolazytime MO-UNKNOWN-1)",
                 "[mounts][options][berth]") {
  Bundle bundle = new_bundle();
  for (std::size_t i = 0; i < std::size(kSuperFlags); ++i) {
    bundle.add_mount("tmpfs", "tmpfs", destination_of(i), kSuperFlags[i].options);
  }
  Container box(*this, bundle);
  box.create();
  for (std::size_t i = 0; i < std::size(kSuperFlags); ++i) {
    const MountEntry mount = mount_at(box.pid(), destination_of(i));
    INFO(joined(kSuperFlags[i].options) << " gives " << mount.super_options);
    CHECK(mount.super_has(kSuperFlags[i].word) == kSuperFlags[i].shown);
  }
}

TEST_CASE_METHOD(Machine,
                 "words without a visible effect are accepted (MO-defaults MO-silent "
                 "MO-loud MO-iversion MO-noiversion MO-norelatime MO-nostrictatime "
                 "MO-mand MO-nomand)",
                 "[mounts][options][berth]") {
  const std::string source = new_directory("source");
  for (const char* word : {"defaults", "silent", "loud", "iversion", "noiversion", "norelatime",
                           "nostrictatime", "mand", "nomand", "async", "nolazytime"}) {
    INFO(word);
    Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {word});
    CHECK_THAT(run(bundle), Succeeds());
  }
  Bundle bundle = new_bundle().add_mount("bind", source, "/data", {"bind", "defaults"});
  CHECK_THAT(run(bundle), Succeeds());
}

// ---- recursive flags ------------------------------------------------------------------------

/// A source with another mount in it.
class DeepSource {
 public:
  explicit DeepSource(Machine& machine)
      : top(machine.new_directory("deep")), below_(machine.new_directory("deep/below")) {
    REQUIRE(mount("top", top.c_str(), "tmpfs", 0, nullptr) == 0);
    REQUIRE(::mkdir(below_.c_str(), 0755) == 0);
    REQUIRE(mount("below", below_.c_str(), "tmpfs", 0, nullptr) == 0);
  }
  ~DeepSource() { umount2(top.c_str(), MNT_DETACH); }
  DeepSource(const DeepSource&) = delete;
  DeepSource& operator=(const DeepSource&) = delete;

  const std::string top;

 private:
  std::string below_;
};

const Flag kRecursive[] = {
    {{"rro"}, {"ro"}, {}},
    {{"rro", "rrw"}, {"rw"}, {}},
    {{"rnosuid"}, {"nosuid"}, {}},
    {{"rnosuid", "rsuid"}, {}, {"nosuid"}},
    {{"rnodev"}, {"nodev"}, {}},
    {{"rnodev", "rdev"}, {}, {"nodev"}},
    {{"rnoexec"}, {"noexec"}, {}},
    {{"rnoexec", "rexec"}, {}, {"noexec"}},
    {{"rnoatime"}, {"noatime"}, {}},
    {{"rnoatime", "ratime"}, {}, {"noatime"}},
    {{"rrelatime"}, {"relatime"}, {}},
    {{"rstrictatime"}, {}, {"noatime", "relatime"}},
    {{"rnodiratime"}, {"nodiratime"}, {}},
    {{"rnodiratime", "rdiratime"}, {}, {"nodiratime"}},
    {{"rnosymfollow"}, {"nosymfollow"}, {}},
    {{"rnosymfollow", "rsymfollow"}, {}, {"nosymfollow"}},
    {{"rnorelatime"}, {}, {}},
    {{"rnostrictatime"}, {}, {}},
};

TEST_CASE_METHOD(Machine,
                 "recursive words reach the mounts below (MO-rro MO-rrw MO-rnosuid MO-rsuid "
                 "MO-rnodev MO-rdev MO-rnoexec MO-rexec MO-rnoatime MO-ratime MO-rrelatime "
                 "MO-rstrictatime MO-rnodiratime MO-rdiratime MO-rnosymfollow "
                 "MO-rsymfollow MO-rnorelatime MO-rnostrictatime)",
                 "[mounts][options][berth]") {
  const DeepSource source(*this);
  Bundle bundle = new_bundle();
  for (std::size_t i = 0; i < std::size(kRecursive); ++i) {
    Words options{"rbind"};
    options.insert(options.end(), kRecursive[i].options.begin(), kRecursive[i].options.end());
    bundle.add_mount("bind", source.top, destination_of(i), options);
  }
  Container box(*this, bundle);
  box.create();
  for (std::size_t i = 0; i < std::size(kRecursive); ++i) {
    check_flags(mount_at(box.pid(), destination_of(i)), kRecursive[i]);
    check_flags(mount_at(box.pid(), destination_of(i) + "/below"), kRecursive[i]);
  }
}

TEST_CASE_METHOD(Machine,
                 "an option clears a flag of the source mount, which keeps it otherwise (MO-rw "
                 "MO-suid MO-dev MO-exec)",
                 "[mounts][options][berth]") {
  const std::string source = new_directory("strict");
  REQUIRE(mount("strict", source.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0);
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source, "/kept", {"bind"})
      .add_mount("bind", source, "/changed", {"bind", "suid", "dev", "exec"});
  {
    Container box(*this, bundle);
    box.create();
    check_flags(mount_at(box.pid(), "/kept"), {{}, {"nosuid", "nodev", "noexec"}, {}});
    check_flags(mount_at(box.pid(), "/changed"), {{}, {}, {"nosuid", "nodev", "noexec"}});
  }
  REQUIRE(umount2(source.c_str(), MNT_DETACH) == 0);
}

TEST_CASE_METHOD(Machine, "ro of an rbind is for the top only, rro goes all the way (MO-rbind)",
                 "[mounts][options]") {
  const DeepSource source(*this);
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source.top, "/top", {"rbind", "ro"})
      .add_mount("bind", source.top, "/all", {"rbind", "ro", "rro"});
  Container box(*this, bundle);
  box.create();
  CHECK(mount_at(box.pid(), "/top").has("ro"));
  CHECK(mount_at(box.pid(), "/top/below").has("rw"));
  CHECK(mount_at(box.pid(), "/all").has("ro"));
  CHECK(mount_at(box.pid(), "/all/below").has("ro"));
}

// ---- propagation ----------------------------------------------------------------------------

struct Propagation {
  std::string word;
  std::string shown;  ///< the optional field begins with it
  bool below;         ///< and so does that of a mount below
};

const Propagation kPropagation[] = {
    {"private", "", false},
    {"rprivate", "", true},
    {"shared", "shared:", false},
    {"rshared", "shared:", true},
    {"slave", "master:", false},
    {"rslave", "master:", true},
    {"unbindable", "unbindable", false},
    {"runbindable", "unbindable", true},
};

bool shows(const MountEntry& mount, const std::string& prefix) {
  return prefix.empty() ? mount.propagation.empty()
                        : mount.propagation.compare(0, prefix.size(), prefix) == 0;
}

TEST_CASE_METHOD(Machine,
                 "propagation words have their effect (MO-private MO-rprivate MO-shared "
                 "MO-rshared MO-slave MO-rslave MO-unbindable MO-runbindable)",
                 "[mounts][options]") {
  const DeepSource source(*this);
  for (const Propagation& row : kPropagation) {
    INFO(row.word);
    Bundle bundle = new_bundle().add_mount("bind", source.top, "/data", {"rbind", row.word});
    Container box(*this, bundle);
    box.create();
    CHECK(shows(mount_at(box.pid(), "/data"), row.shown));
    if (row.below) CHECK(shows(mount_at(box.pid(), "/data/below"), row.shown));
  }
}

TEST_CASE_METHOD(Machine,
                 "a mount made on the host reaches a slave, not a private one (MO-rslave "
                 "MO-rprivate)",
                 "[mounts][options]") {
  const DeepSource source(*this);
  const std::string later = new_directory("deep/later");
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source.top, "/slave", {"rbind", "rslave"})
      .add_mount("bind", source.top, "/private", {"rbind", "rprivate"});
  Container box(*this, bundle);
  box.create();
  REQUIRE(mount("later", later.c_str(), "tmpfs", 0, nullptr) == 0);
  CHECK(is_mounted(box.pid(), "/slave/later"));
  CHECK_FALSE(is_mounted(box.pid(), "/private/later"));
}

MountEntry root_with(Machine& machine, const std::string& propagation) {
  Bundle bundle = machine.new_bundle();
  bundle.set("/linux/rootfsPropagation", "\"" + propagation + "\"");
  Container box(machine, bundle);
  box.create();
  return mount_at(box.pid(), "/");
}

TEST_CASE_METHOD(Machine, "rootfsPropagation is that of the root: private, slave (RP-1)",
                 "[mounts][options]") {
  CHECK(root_with(*this, "private").propagation.empty());
  CHECK_FALSE(contains(root_with(*this, "slave").propagation, "shared:"));
}

// runc 1.1 makes it private, and cannot bind what is unbindable.
TEST_CASE_METHOD(Machine, "rootfsPropagation is that of the root: shared, unbindable (RP-1)",
                 "[mounts][options][berth]") {
  CHECK(shows(root_with(*this, "shared"), "shared:"));
  CHECK(root_with(*this, "unbindable").propagation == "unbindable");
}

// ---- remount, bad words ---------------------------------------------------------------------

TEST_CASE_METHOD(Machine, "remount changes what an earlier entry mounted (MO-remount)",
                 "[mounts][options]") {
  Bundle bundle = new_bundle();
  bundle.add_mount("tmpfs", "tmpfs", "/data", {"size=64k"})
      .add_mount("tmpfs", "tmpfs", "/data", {"remount", "ro", "size=128k"});
  Container box(*this, bundle);
  box.create();
  const MountEntry mount = mount_at(box.pid(), "/data");
  CHECK((mount.has("ro") || mount.super_has("ro")));
  CHECK(mount.super_has("size=128k"));
}

TEST_CASE_METHOD(Machine, "remount and bind change the flags of a bind (MO-remount MO-bind)",
                 "[mounts][options]") {
  Bundle bundle = new_bundle();
  const std::string source = new_directory("source");
  bundle.add_mount("bind", source, "/data", {"bind"})
      .add_mount("bind", source, "/data", {"remount", "bind", "ro", "nosuid"});
  Container box(*this, bundle);
  box.create();
  check_flags(mount_at(box.pid(), "/data"), {{}, {"ro", "nosuid"}, {}});
}

TEST_CASE_METHOD(Machine, "an unknown mount option is refused (MO-UNKNOWN-1 VV-1)",
                 "[mounts][options]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"nosiuid"});
  CHECK_THAT(run(bundle), Fails());
}

TEST_CASE_METHOD(
    Machine, "the error for an unknown mount option has the property and the kernel's own words",
    "[mounts][options][berth]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"ro", "nosiuid"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6/options/1", "nosiuid", "Unknown parameter"}));
}

// runc 1.1 ignores them.
TEST_CASE_METHOD(Machine, "data for a bind is refused: it would do nothing (VV-1)",
                 "[mounts][options][berth]") {
  Bundle bundle =
      new_bundle().add_mount("bind", new_directory("source"), "/data", {"bind", "size=1k"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6/options/1", "'size'"}));
}

}  // namespace
}  // namespace berth::test
