#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "runtime/cli/version.h"
#include "runtime/linux/file.h"
#include "runtime/seccomp/cache.h"
#include "temporary_directory.h"

namespace berth::seccomp {
namespace {

namespace fs = std::filesystem;

const Program kProgram = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_STMT(BPF_RET | BPF_K, 7)};
const std::string kKey = "of this profile";

bool is_same(const std::optional<Program>& found, const Program& program) {
  return found && found->size() == program.size() && (*found)[1].k == program[1].k;
}

struct Root {
  TemporaryDirectory directory;
  Cache cache{directory.path()};

  std::string place() const { return directory.path() + "/.seccomp"; }
  /// The only file.
  std::string file() const { return fs::directory_iterator(place())->path(); }
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(place()), fs::directory_iterator()));
  }
};

TEST_CASE("seccomp cache: what was stored is found, by this cache and the next one") {
  Root root;
  CHECK_FALSE(root.cache.find(kKey));
  root.cache.store(kKey, kProgram);
  CHECK(is_same(root.cache.find(kKey), kProgram));
  CHECK(is_same(Cache(root.directory.path()).find(kKey), kProgram));
  CHECK_FALSE(root.cache.find("of another profile"));
}

TEST_CASE("seccomp cache: its files are private") {
  Root root;
  root.cache.store(kKey, kProgram);
  struct stat status = {};
  REQUIRE(stat(root.place().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  REQUIRE(stat(root.file().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("seccomp cache: another profile with the same name is not taken for this one") {
  Root root;
  root.cache.store("of another profile", kProgram);
  const std::string name = root.file();
  root.cache.store(kKey, kProgram);
  std::string own;
  for (const auto& entry : fs::directory_iterator(root.place())) {
    if (entry.path() != name) own = entry.path();
  }
  fs::rename(name, own);
  CHECK_FALSE(root.cache.find(kKey));
}

struct Harm {
  const char* what;
  void (*harm)(const std::string& file);
};

TEST_CASE("seccomp cache: a file that is not ours alone, or not whole, is not used, but replaced") {
  const auto [what, harm] = GENERATE(values<Harm>({
      {"others may read it", [](const std::string& file) { (void)!chmod(file.c_str(), 0644); }},
      {"others may write it", [](const std::string& file) { (void)!chmod(file.c_str(), 0620); }},
      {"cut", [](const std::string& file) { fs::resize_file(file, fs::file_size(file) - 1); }},
      {"cut in the header", [](const std::string& file) { fs::resize_file(file, 5); }},
      {"empty", [](const std::string& file) { fs::resize_file(file, 0); }},
      {"longer", [](const std::string& file) { fs::resize_file(file, fs::file_size(file) + 8); }},
      {"very long", [](const std::string& file) { fs::resize_file(file, 64u << 20); }},
      {"a link",
       [](const std::string& file) {
         fs::rename(file, file + "2");
         fs::create_symlink(file + "2", file);
       }},
      {"a fifo",
       [](const std::string& file) {
         fs::remove(file);
         (void)!mkfifo(file.c_str(), 0600);
       }},
      {"another magic",
       [](const std::string& file) {
         sys::Fd fd = sys::open(file, O_WRONLY);
         sys::write_all(fd, "B", file);
       }},
      {"another count",
       [](const std::string& file) {
         sys::Fd fd = sys::open(file, O_WRONLY);
         (void)!pwrite(fd.get(), "\xff\xff\xff\xff\xff\xff\xff\xff", 8, 16);
       }},
  }));
  CAPTURE(what);
  Root root;
  root.cache.store(kKey, kProgram);
  harm(root.file());
  CHECK_FALSE(root.cache.find(kKey));
  root.cache.store(kKey, kProgram);
  CHECK(is_same(root.cache.find(kKey), kProgram));
}

TEST_CASE("seccomp cache: a directory that is not ours alone is not used") {
  TemporaryDirectory directory;
  REQUIRE(mkdir((directory.path() + "/.seccomp").c_str(), 0700) == 0);
  REQUIRE(chmod((directory.path() + "/.seccomp").c_str(), 0770) == 0);
  const Cache cache(directory.path());
  CHECK_FALSE(cache.is_on());
  cache.store(kKey, kProgram);
  CHECK_FALSE(cache.find(kKey));
  CHECK(fs::is_empty(directory.path() + "/.seccomp"));
}

TEST_CASE("seccomp cache: a link in its place is not followed") {
  TemporaryDirectory directory;
  fs::create_directory(directory.path() + "/elsewhere");
  fs::permissions(directory.path() + "/elsewhere", fs::perms::owner_all);
  fs::create_directory_symlink("elsewhere", directory.path() + "/.seccomp");
  CHECK_FALSE(Cache(directory.path()).is_on());
}

TEST_CASE("seccomp cache: a root that others may write is not used") {
  TemporaryDirectory directory;
  REQUIRE(chmod(directory.path().c_str(), 0777) == 0);
  CHECK_FALSE(Cache(directory.path()).is_on());
  CHECK(fs::is_empty(directory.path()));
}

TEST_CASE("seccomp cache: where nothing can be kept nothing is found, and nothing fails") {
  Root gone;
  fs::remove(gone.place());
  gone.cache.store(kKey, kProgram);
  CHECK_FALSE(gone.cache.find(kKey));
  CHECK_FALSE(Cache(gone.directory.path() + "/nowhere").is_on());

  Root taken;
  taken.cache.store(kKey, kProgram);
  const std::string file = taken.file();
  fs::remove(file);
  fs::create_directories(file + "/in the way");
  taken.cache.store(kKey, kProgram);
  CHECK_FALSE(taken.cache.find(kKey));
}

TEST_CASE("seccomp cache: it does not grow, and what was used last stays") {
  Root root;
  root.cache.store("first", kProgram);
  root.cache.store("second", kProgram);
  // Times with a distance, which files made at once need not have.
  std::int64_t age = 1000;
  for (const auto& entry : fs::directory_iterator(root.place())) {
    fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::seconds(age));
    age += 1000;
  }
  CHECK(root.cache.find("first"));
  for (std::size_t i = 2; i < Cache::kMostEntries; ++i) {
    root.cache.store("profile " + std::to_string(i), kProgram);
  }
  CHECK(root.count() == Cache::kMostEntries);
  CHECK(root.cache.find("first"));
  root.cache.store("one more", kProgram);
  CHECK(root.count() == Cache::kMostEntries);
  CHECK(root.cache.find("first"));
  CHECK_FALSE(root.cache.find("second"));
}

TEST_CASE("seccomp cache: the key tells all that the program depends on") {
  plan::SeccompFilter filter;
  filter.default_action = SECCOMP_RET_ALLOW;
  filter.architectures = {1};
  filter.calls["read"] = {{.action = 5, .conditions = {{.argument = 1, .value = 2}}}};
  const std::string key = cache_key(filter);
  CHECK(key.find("libseccomp") != std::string::npos);
  // A filter of a berth whose compiler was wrong is not found by the one that is mended.
  std::string berth = cli::version_text();
  berth = berth.substr(berth.find("commit: ") + 8);
  CHECK(key.find(berth.substr(0, berth.find('\n'))) != std::string::npos);
  const auto differs = [&](auto change) {
    plan::SeccompFilter other = filter;
    change(other);
    return cache_key(other) != key;
  };
  CHECK(differs([](auto& f) { f.default_action = SECCOMP_RET_LOG; }));
  CHECK(differs([](auto& f) { f.architectures.push_back(2); }));
  CHECK(differs([](auto& f) { f.calls["write"]; }));
  CHECK(differs([](auto& f) { f.calls["read"][0].action = 6; }));
  CHECK(differs([](auto& f) { f.calls["read"][0].conditions[0].argument = 2; }));
  CHECK(differs([](auto& f) { f.calls["read"][0].conditions[0].value = 3; }));
  CHECK(differs([](auto& f) { f.calls["read"][0].conditions[0].datum = 3; }));
  CHECK(
      differs([](auto& f) { f.calls["read"][0].conditions[0].comparison = plan::Comparison::Ge; }));
  CHECK_FALSE(differs([](auto& f) { f.calls["read"][0].index = 9; }));
}

}  // namespace
}  // namespace berth::seccomp
