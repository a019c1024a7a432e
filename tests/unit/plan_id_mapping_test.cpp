#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "runtime/compile/files/mount_id_maps.h"
#include "runtime/compile/namespaces/id_mapping.h"
#include "tests/unit/plan_files.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

using Lines = std::vector<std::string>;
using Mappings = std::vector<spec::IdMapping>;

const Mappings kAll = {{.container_id = 0, .host_id = 100000, .size = 65536}};

// ---- values ---------------------------------------------------------------------------------

TEST_CASE("id mappings become a line each") {
  CHECK(id_map_lines({{0, 100000, 10}, {10, 5, 1}}) == "0 100000 10\n10 5 1\n");
  CHECK(id_map_lines({}).empty());
}

/// `POINTER: MESSAGE` of each.
Lines faults_of(const Mappings& mappings) {
  Problems problems;
  check_id_map(mappings, "/m", problems);
  Lines lines;
  for (const Problem& problem : problems.list()) {
    lines.push_back(problem.pointer + ": " + problem.message);
  }
  return lines;
}

TEST_CASE("what the kernel would refuse of a mapping is known") {
  CHECK(faults_of(kAll) == Lines{});
  CHECK(faults_of({{0, 1, 10}, {10, 11, 10}}) == Lines{});
  CHECK(faults_of({{0, 1, 10}, {9, 100, 1}, {30, 5, 2}}) ==
        Lines{"/m/1: containerID 9 to 9 overlaps 0 to 9 of mapping 0",
              "/m/2: hostID 5 to 6 overlaps 1 to 10 of mapping 0"});
  CHECK(faults_of({{0, 4294967294, 1}}) == Lines{});
  CHECK(faults_of({{0, 4294967294, 2}}) == Lines{"/m/0: goes beyond the last id, 4294967294"});
  CHECK(faults_of(Mappings(341, {0, 0, 1})).front().starts_with("/m: has 341 mappings"));
  // Fewer than 340, in more bytes than the kernel reads.
  Mappings long_ones;
  for (std::uint32_t i = 0; i < 200; ++i) long_ones.push_back({1000000000 + i, 2000000000 + i, 1});
  CHECK(faults_of(long_ones).front().starts_with("/m: has 200 mappings"));
}

struct Parsed {
  std::string text, uids, gids;
};

TEST_CASE("the mappings behind idmap= are read (MO-idmap-1)") {
  const IdMaps container = {.uids = {{0, 0, 1}, {1, 2, 1000}}, .gids = kAll};
  const auto [text, uids, gids] = GENERATE(values<Parsed>({
      {"uids=0-1-10#10-11-10;gids=0-100-10", "0 1 10\n10 11 10\n", "0 100 10\n"},
      {"gids=5-6-7;uids=1-2-3", "1 2 3\n", "5 6 7\n"},
      {"uids=@1-3-10;gids=@0-5-2#2-9-1", "1 4 10\n", "0 100005 2\n2 9 1\n"},
      // Over two ranges of the container.
      {"uids=@50-0-3;gids=0-0-1", "50 0 1\n51 2 2\n", "0 0 1\n"},
  }));
  IdMaps maps;
  CHECK(parse_id_maps(text, container, maps) == "");
  CHECK(id_map_lines(maps.uids) == uids);
  CHECK(id_map_lines(maps.gids) == gids);
}

TEST_CASE("a value of idmap= that is not a mapping is refused (MO-idmap-1)") {
  const std::string text =
      GENERATE(as<std::string>{}, "", "uids=0-1-10", "gids=0-1-10", "uids=0-1;gids=0-1-1",
               "uids=0-1-0;gids=0-1-1", "uids=0-1-1-1;gids=0-1-1", "uids=a-1-1;gids=0-1-1",
               "uids=0-1-1;gids=0-1-4294967296", "ids=0-1-1", "uids=@0-5-1;gids=0-0-1",
               "uids=0-0-2#1-5-1;gids=0-0-1");
  IdMaps maps;
  CHECK(parse_id_maps(text, {}, maps) != "");
}

TEST_CASE("a mapping behind idmap= that the kernel would refuse is named (MO-idmap-1)") {
  IdMaps maps;
  CHECK(parse_id_maps("uids=0-0-2#1-5-1;gids=0-0-1", {}, maps) ==
        "mapping 1: containerID 1 to 1 overlaps 0 to 1 of mapping 0");
}

// ---- steps ----------------------------------------------------------------------------------

spec::Mount bind(spec::Strings options) {
  return {.destination = "/a", .source = "/src", .options = std::move(options)};
}

FilesCompiler with_mount(spec::Mount mount, bool has_users = false) {
  FilesCompiler compiler;
  compiler.config.mounts = {std::move(mount)};
  if (has_users) compiler.add_namespace("user");
  compiler.config.linux.uid_mappings = compiler.config.linux.gid_mappings = kAll;
  return compiler;
}

/// Those about ids alone, of the mounts and of the container's user namespace.
Lines id_lines(FilesCompiler compiler) {
  Lines lines;
  for (const std::string& line : compiler.lines([&](const Files&files, Builder&builder) {
         compile_container_id_maps(compiler.config, files, builder);
         compile_mounts(files, builder);
       })) {
    for (const char* word : {"_ids", "open_user_namespace", "synchronize"}) {
      if (line.find(word) != std::string::npos) lines.push_back(line);
    }
  }
  return lines;
}

spec::Mount with_own_mappings(spec::Mount mount) {
  mount.uid_mappings = {{0, 1000, 10}};
  mount.gid_mappings = {{0, 2000, 10}};
  return mount;
}

TEST_CASE("a mount's own mappings are given before init takes it (MO-idmap-1, MT-5 SR-47)") {
  CHECK(id_lines(with_mount(with_own_mappings(bind({"bind", "idmap"})))) ==
        Lines{"host open_user_namespace uid_map='0 1000 10\n' gid_map='0 2000 10\n' to=2 <- "
              "/mounts/0/options/1",
              "host map_tree_ids name='/src' tree=1 user_namespace=2 <- /mounts/0/options/1"});
}

TEST_CASE("ridmap is for everything below, too (MO-ridmap-1)") {
  const Lines lines = id_lines(with_mount(with_own_mappings(bind({"rbind", "ridmap"}))));
  CHECK(lines.back() ==
        "host map_tree_ids name='/src' tree=1 user_namespace=2 recursive <- /mounts/0/options/1");
}

TEST_CASE("mappings without a word are done all the same (MT-6)") {
  const Lines lines = id_lines(with_mount(with_own_mappings(bind({"rbind"}))));
  CHECK(lines.back() ==
        "host map_tree_ids name='/src' tree=1 user_namespace=2 <- /mounts/0/uidMappings");
}

TEST_CASE("the container's mapping is given while the child waits (MO-idmap-1)") {
  CHECK(id_lines(with_mount(bind({"bind", "idmap"}), true)) ==
        Lines{"host map_tree_ids name='/src' tree=1 <- /mounts/0/options/1"});
}

TEST_CASE("of a user namespace that is joined the child waits just for that") {
  FilesCompiler compiler = with_mount(bind({"bind", "idmap"}));
  compiler.config.linux.namespaces.push_back({.type = "user", .path = "/ns"});
  CHECK(id_lines(compiler) == Lines{"child synchronize sync='the user namespace is there'",
                                    "host map_tree_ids name='/src' tree=1 <- /mounts/0/options/1"});
}

TEST_CASE("a mount's own mappings win over the container's (MO-idmap-1)") {
  const Lines lines = id_lines(with_mount(with_own_mappings(bind({"bind", "idmap"})), true));
  CHECK(lines.size() == 2);
  CHECK(lines.back() ==
        "host map_tree_ids name='/src' tree=1 user_namespace=2 <- /mounts/0/options/1");
}

TEST_CASE("mounts of the same mappings have one user namespace") {
  FilesCompiler compiler = with_mount(with_own_mappings(bind({"bind"})));
  compiler.config.mounts.push_back(with_own_mappings(bind({"bind"})));
  compiler.config.mounts.push_back(bind({"bind", "idmap=uids=0-1000-10;gids=0-2000-10"}));
  const Lines lines = id_lines(compiler);
  CHECK(lines.size() == 4);
  CHECK(lines.back() ==
        "host map_tree_ids name='/src' tree=3 user_namespace=4 <- /mounts/2/options/1");
}

TEST_CASE("a new file system is mapped by the child that makes it (MO-idmap-1)") {
  spec::Mount mount = {.destination = "/a", .type = "tmpfs", .options = {"idmap"}};
  CHECK(id_lines(with_mount(with_own_mappings(mount))).back() ==
        "child map_mount_ids name='tmpfs' user_namespace=1 <- /mounts/0/options/0");
}

Lines faults(FilesCompiler compiler) {
  (void)compiler.mounts();
  return compiler.faults();
}

TEST_CASE("without any mapping it is an error (MO-idmap-1)") {
  CHECK(faults(with_mount(bind({"bind", "idmap"}))) == Lines{"/mounts/0/options/1"});
  CHECK(faults(with_mount(bind({"bind", "ridmap"}))) == Lines{"/mounts/0/options/1"});
}

TEST_CASE("mappings twice, and wrong ones, are errors where they are") {
  CHECK(faults(with_mount(with_own_mappings(bind({"bind", "idmap=uids=0-0-1;gids=0-0-1"})))) ==
        Lines{"/mounts/0/options/1"});
  spec::Mount mount = with_own_mappings(bind({"bind"}));
  mount.gid_mappings.push_back({5, 1, 1});
  CHECK(faults(with_mount(mount)) == Lines{"/mounts/0/gidMappings/1"});
}

TEST_CASE("a mount that cannot have a mapping is refused, never left without (MO-idmap-1 SR-47)") {
  CHECK(faults(with_mount(bind({"bind", "remount", "idmap"}), true)) ==
        Lines{"/mounts/0/options/2"});
  spec::Mount tmpfs = {.destination = "/a", .type = "tmpfs", .options = {"idmap"}};
  CHECK(faults(with_mount(tmpfs, true)) == Lines{"?/mounts/0/options/0"});
  FilesCompiler compiler = with_mount(bind({"bind", "idmap"}), true);
  compiler.host.may_mount = false;
  CHECK(faults(compiler) == Lines{"?/mounts/0/options/1"});
}

// ---- words of crun ---------------------------------------------------------------------------

TEST_CASE("the option of a bind mount decides whether a symbolic link as source is followed") {
  const std::string word = GENERATE(as<std::string>{}, "src-nofollow", "copy-symlink");
  CHECK(with_mount(bind({"bind", word})).mounts()[0] ==
        "child clone_tree path='/src' symlink='nofollow' <- /mounts/0/source");
}

struct Ruled {
  std::string word;
  std::string rule;
};

TEST_CASE("what becomes of a symbolic link at the destination is a flag of place") {
  const auto [word, rule] =
      GENERATE(values<Ruled>({{"dest-nofollow", "onto_link"}, {"copy-symlink", "copies_link"}}));
  CHECK(with_mount(bind({"bind", word})).mounts().back() ==
        "child place path='/a' rules='" + rule + "' <- /mounts/0");
}

TEST_CASE("words for bind mounts alone are refused for others, and tmpcopyup for all but tmpfs") {
  for (const char* word : {"src-nofollow", "dest-nofollow", "copy-symlink"}) {
    CHECK(faults(with_mount({.destination = "/a", .type = "tmpfs", .options = {word}})) ==
          Lines{"/mounts/0/options/0"});
  }
  CHECK(faults(with_mount(bind({"bind", "tmpcopyup"}))) == Lines{"/mounts/0/options/1"});
  CHECK(faults(with_mount({.destination = "/a", .type = "ramfs", .options = {"tmpcopyup"}})) ==
        Lines{"/mounts/0/options/0"});
}

TEST_CASE("tmpcopyup copies before the mount covers what it copies, and before it is read-only") {
  CHECK(
      with_mount({.destination = "/a", .type = "tmpfs", .options = {"ro", "tmpcopyup"}}).mounts() ==
      Lines{"child new_filesystem type='tmpfs' <- /mounts/0",
            "child filesystem_option key='source' value='tmpfs' given_as='string' <- /mounts/0",
            "child create_filesystem <- /mounts/0",
            "child copy_up path='/a' <- /mounts/0/options/1",
            "child set_attributes attributes='+ro' <- /mounts/0/options",
            "child place path='/a' <- /mounts/0"});
}

TEST_CASE("what the options say of a tmpfs is kept over what tmpcopyup finds") {
  const auto lines =
      with_mount(
          {.destination = "/a", .type = "tmpfs", .options = {"mode=700", "gid=1", "tmpcopyup"}})
          .mounts();
  CHECK(lines[5] == "child copy_up path='/a' keeps='mode, group' <- /mounts/0/options/2");
}

// ---- labels ---------------------------------------------------------------------------------

FilesCompiler with_label(spec::Mount mount) {
  FilesCompiler compiler = with_mount(std::move(mount));
  compiler.host.has_selinux = true;
  compiler.config.linux.mount_label = "u:r:t:s0:c1,c2";
  return compiler;
}

TEST_CASE("mountLabel is the context of new file systems that take one (ML-1)") {
  const std::string type = GENERATE(as<std::string>{}, "tmpfs", "devpts", "ext4");
  const Lines lines = with_label({.destination = "/a", .type = type}).mounts();
  CHECK(lines[2] ==
        "child filesystem_option key='context' value='u:r:t:s0:c1,c2' given_as='string' <- "
        "/linux/mountLabel");
}

TEST_CASE("an annotation names the mount option that takes the label (ML-1)") {
  FilesCompiler compiler = with_label({.destination = "/a", .type = "tmpfs"});
  compiler.config.annotations["run.oci.mount_context_type"] = "rootcontext";
  CHECK(compiler.mounts()[2] ==
        "child filesystem_option key='rootcontext' value='u:r:t:s0:c1,c2' given_as='string' <- "
        "/linux/mountLabel");
  compiler.config.annotations["run.oci.mount_context_type"] = "xcontext";
  CHECK(faults(compiler) == Lines{"/annotations/run.oci.mount_context_type"});
}

TEST_CASE("a message queue gets the label once it is mounted (ML-1)") {
  const Lines lines = with_label({.destination = "/a", .type = "mqueue"}).mounts();
  CHECK(lines[3] == "child label_mount label='u:r:t:s0:c1,c2' <- /linux/mountLabel");
}

TEST_CASE("what has its labels from elsewhere gets none (ML-1)") {
  for (spec::Mount mount : {spec::Mount{.destination = "/proc", .type = "proc"},
                            spec::Mount{.destination = "/a", .type = "sysfs"}, bind({"bind"})}) {
    for (const std::string& line : with_label(std::move(mount)).mounts()) {
      CHECK(line.find("mountLabel") == std::string::npos);
    }
  }
  const Lines lines =
      with_label({.destination = "/a", .type = "tmpfs", .options = {"context=x"}}).mounts();
  CHECK(lines[2] ==
        "child filesystem_option key='context' value='x' given_as='string' <- /mounts/0/options/0");
  CHECK(lines.size() == 6);
}

TEST_CASE("a masked directory has the label, too (ML-1)") {
  FilesCompiler compiler = with_label(bind({"bind"}));
  compiler.config.linux.masked_paths = {"/a"};
  CHECK(compiler.root().back() ==
        "child mask_path path='/a' label='u:r:t:s0:c1,c2' <- /linux/maskedPaths/0");
}

TEST_CASE("a kernel without SELinux has no mountLabel (ML-1)") {
  FilesCompiler compiler = with_label(bind({"bind"}));
  compiler.host.has_selinux = false;
  CHECK(faults(compiler) == Lines{"?/linux/mountLabel"});
}

}  // namespace
}  // namespace berth::plan
