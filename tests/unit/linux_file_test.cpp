#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/chosen_file.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/files/memfd.h"
#include "runtime/linux/files/path_text.h"
#include "tests/unit/temporary_directory.h"

namespace berth::sys {
namespace {

/// errno of what `act` throws; 0 when it throws nothing.
template <class Act>
int number_of(const Act& act) {
  try {
    act();
    return 0;
  } catch (const Error& error) {
    return error.number();
  }
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("a file is read whole, whatever size was expected") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  for (const std::size_t size : {0, 1, 4095, 4096, 4097, 8192, 10000}) {
    const std::string bytes(size, 'b');
    replace_file_at(dir, "file", bytes, 0600);
    for (const std::size_t expected : {std::size_t{0}, std::size_t{1}, size, std::size_t{20000}}) {
      CAPTURE(size, expected);
      CHECK(read_file_at_if_exists(dir, "file", 1 << 20, expected) == bytes);
    }
  }
}

TEST_CASE("a file of /proc is read at once") {
  CHECK(read_once_if_exists("/proc/self/stat").value().starts_with(std::to_string(::getpid())));
  CHECK(read_once_if_exists("/proc/sys/kernel/pid_max") == read_file("/proc/sys/kernel/pid_max"));
  CHECK_FALSE(read_once_if_exists("/proc/self/nothing"));
}

TEST_CASE("a directory in the place of a file is missing, unless the file would be made") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  REQUIRE(mkdir_at(dir, "file", 0700));
  CHECK_FALSE(read_file_at_if_exists(dir, "file"));
  CHECK_FALSE(read_file_if_exists(place / "file"));
  CHECK_FALSE(read_once_if_exists(place / "file"));
  CHECK_FALSE(write_at_if_exists(dir, "file", "text"));
  CHECK_FALSE(open_at_if_exists(dir, "file", O_RDWR));
  CHECK_FALSE(open_if_exists(place / "file", O_WRONLY));
  CHECK(number_of([&] { (void)open_at_if_exists(dir, "file", O_RDWR | O_CREAT, 0600); }) == EISDIR);
  CHECK(number_of([&] { (void)read_file_at(dir, "file"); }) == EISDIR);
}

TEST_CASE("a missing file is nothing for the _if_exists functions and an error for the others") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  replace_file_at(dir, "file", "", 0600);
  CHECK(number_of([&] { (void)open(place / "no", O_RDONLY); }) == ENOENT);
  CHECK(number_of([&] { (void)open_dir_at(dir, "no"); }) == ENOENT);
  CHECK_FALSE(open_if_exists(place / "no", O_RDONLY));
  CHECK_FALSE(open_if_exists(place / "file/no", O_RDONLY));
  CHECK_FALSE(open_at_if_exists(dir, "no", O_RDONLY));
  CHECK_FALSE(open_dir_if_exists(place / "no"));
  CHECK_FALSE(open_dir_at_if_exists(dir, "no"));
  CHECK_FALSE(read_file_if_exists(place / "no"));
  CHECK_FALSE(read_file_at_if_exists(dir, "no"));
  CHECK_FALSE(inode_if_exists(place / "no"));
  CHECK_FALSE(unlink_at(dir, "no"));
  CHECK_FALSE(rmdir_at(dir, "no"));
}

TEST_CASE("an entry that is a symbolic link is never opened as a directory") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  REQUIRE(mkdir_at(dir, "real", 0700));
  std::filesystem::create_directory_symlink("real", place / "link");
  CHECK(open_dir_at_if_exists(dir, "real"));
  CHECK_FALSE(open_dir_at_if_exists(dir, "link"));
  CHECK(number_of([&] { (void)open_dir_at(dir, "link"); }) == ENOTDIR);
}

TEST_CASE("an error of a file names the call, the whole path and the kernel's words") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  CHECK_THROWS_WITH(read_file_at(dir, "no"),
                    "open '" + (place / "no") + "': no such file or directory");
  CHECK_THROWS_WITH(write_value("/proc/self/oom_score_adj", "high\n"),
                    "write 'high' to '/proc/self/oom_score_adj': invalid argument");
}

TEST_CASE("every descriptor is close-on-exec (SR-14)") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  const Fd file = open_at(dir, "file", O_CREAT | O_RDWR, 0600);
  const Fd memfd = sealed_memfd("bytes", "x", 1);
  for (const Fd* fd : {&dir.fd, &file, &memfd}) {
    CHECK(::fcntl(fd->get(), F_GETFD) == FD_CLOEXEC);
  }
}

TEST_CASE("reading goes to the end, also of files that report no size") {
  const TemporaryDirectory place;
  for (const std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 100000u}) {
    const std::string bytes(size, 'x');
    replace_file(place / "file", bytes, 0600);
    CHECK(read_file(place / "file") == bytes);
  }
  CHECK(read_file("/proc/self/status").find("Name:") == 0);
}

TEST_CASE("a file that is larger than allowed is an error about the input (SR-33)") {
  const TemporaryDirectory place;
  replace_file(place / "file", "12345", 0600);
  CHECK(read_file(place / "file", 5) == "12345");
  try {
    (void)read_file(place / "file", 4);
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Config);
    CHECK(error.message() == "'" + (place / "file") + "' is larger than 4 bytes");
  }
}

TEST_CASE("a file is replaced as a whole: who has it open keeps the old one (SR-33)") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  replace_file_at(dir, "file", "old", 0640);
  const Fd old = open_at(dir, "file", O_RDONLY);
  replace_file_at(dir, "file", "new", 0600);
  CHECK(read_all(old, "old") == "old");
  CHECK(read_file_at(dir, "file") == "new");
  CHECK(entries_of(dir) == std::vector<std::string>{"file"});
}

TEST_CASE("what a killed berth left half-written is no obstacle to replace the file") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  (void)open_at(dir, ".file." + std::to_string(::getpid()) + ".tmp", O_CREAT | O_WRONLY, 0600);
  replace_file_at(dir, "file", "new", 0600);
  CHECK(entries_of(dir) == std::vector<std::string>{"file"});
}

TEST_CASE("a value of which the kernel takes a part alone is an error (SR-11)") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
  const Fd reader(ends[0]);
  const Fd writer(ends[1]);
  const std::string larger_than_a_pipe(1u << 21, 'x');
  CHECK_THROWS_WITH(write_value(writer, larger_than_a_pipe, "the file"),
                    Catch::Contains("the file") && Catch::Contains("bytes were taken"));
  std::array<char, 1u << 12> page;
  while (::read(reader.get(), page.data(), page.size()) > 0) continue;
  write_value(writer, "whole", "the file");
  CHECK(::read(reader.get(), page.data(), page.size()) == 5);
}

TEST_CASE("a file that cannot be replaced leaves no temporary one") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  REQUIRE(mkdir_at(dir, "taken", 0700));
  CHECK(number_of([&] { replace_file_at(dir, "taken", "new", 0600); }) == EISDIR);
  CHECK(entries_of(dir) == std::vector<std::string>{"taken"});
}

TEST_CASE("a device or pipe is written to instead of being replaced") {
  const TemporaryDirectory place;
  const std::string path = place / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Fd reader = open(path, O_RDONLY | O_NONBLOCK);
  replace_file(path, "42", 0600);
  CHECK(read_all(reader, path) == "42");
  CHECK(std::filesystem::is_fifo(path));
  replace_file("/dev/null", "42", 0600);
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("directories are made once, emptied and removed") {
  const TemporaryDirectory place;
  make_dirs(place / "a/b/c", 0700);
  make_dirs(place / "a/b/c", 0700);
  const Dir parent = open_dir(place / "a"), dir = open_dir(place / "a/b");
  CHECK_FALSE(mkdir_at(dir, "c", 0700));
  replace_file_at(dir, "file", "", 0600);
  CHECK(sorted(entries_of(dir)) == std::vector<std::string>{"c", "file"});
  CHECK(subdirs_of(dir) == std::vector<std::string>{"c"});
  CHECK(number_of([&] { (void)rmdir_at(open_dir(place / "a"), "b"); }) == ENOTEMPTY);
  CHECK_FALSE(
      try_remove_dir_at(parent, "b", dir, "last"));  // the directory in it stays, the file does not
  CHECK(entries_of(dir) == std::vector<std::string>{"c"});
  CHECK(rmdir_at(dir, "c"));
  CHECK(is_entry(parent, "b", dir));
  CHECK(try_remove_dir_at(parent, "b", dir, "last"));
  CHECK_FALSE(is_entry(parent, "b", dir));
  CHECK(entries_of(dir).empty());
}

TEST_CASE("removing a directory leaves alone a new one that has its name") {
  const TemporaryDirectory place;
  make_dirs(place / "x", 0700);
  const Dir parent = open_dir(place.path()), old = open_dir(place / "x");
  REQUIRE(try_remove_dir_at(parent, "x", old, ""));
  make_dirs(place / "x", 0700);
  CHECK(try_remove_dir_at(parent, "x", old, ""));
  CHECK_FALSE(is_entry(parent, "x", old));
  CHECK(std::filesystem::is_directory(place / "x"));
}

TEST_CASE("a directory gets a name that is free or an empty directory's, and no other") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  for (const char* name : {"one/file", "full/file", "empty"}) make_dirs(place / name, 0700);
  replace_file_at(dir, "file", "", 0600);
  CHECK(rename_dir_at(dir, "one", "full") == Rename::Taken);
  CHECK(rename_dir_at(dir, "one", "file") == Rename::Taken);
  CHECK(rename_dir_at(dir, "one", "empty") == Rename::Done);
  CHECK(rename_dir_at(dir, "empty", "free") == Rename::Done);
  CHECK(rename_dir_at(dir, "one", "other") == Rename::Missing);
  CHECK(sorted(entries_of(dir)) == std::vector<std::string>{"file", "free", "full"});
}

TEST_CASE("a path in a root does not leave it") {
  const TemporaryDirectory place;
  const Dir root = open_dir(place.path());
  REQUIRE(::symlink("/file", (place / "link").c_str()) == 0);
  REQUIRE(::symlink("../../file", (place / "up").c_str()) == 0);
  CHECK_FALSE(open_in_root_if_exists(root, "/link", O_RDONLY));
  replace_file_at(root, "file", "inside", 0600);
  for (const char* path : {"link", "/link", "up", "../../file", "/./file"}) {
    const auto fd = open_in_root_if_exists(root, path, O_RDONLY);
    REQUIRE(fd);
    CHECK(read_all(*fd, path) == "inside");
  }
}

TEST_CASE("an absolute path keeps its symbolic links and loses idle components") {
  CHECK(absolute("/a//b/./c/") == "/a/b/c");
  CHECK(absolute("/a/../b") == "/a/../b");
  CHECK(absolute("/") == "/");
  CHECK(absolute(".") == current_directory());
  CHECK(absolute("x") == absolute_from(current_directory(), "x"));
  CHECK(absolute_from("/bundle", "rootfs") == "/bundle/rootfs");
  CHECK(absolute_from("/bundle", "/rootfs") == "/rootfs");
}

TEST_CASE("a sealed memfd can be read from its beginning and not be changed") {
  const std::string bytes(100'000, 'x');
  const Fd fd = sealed_memfd("bytes", bytes.data(), bytes.size());
  CHECK(::write(fd.get(), "y", 1) < 0);
  CHECK(::ftruncate(fd.get(), 1) < 0);
  CHECK(::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE) < 0);
  CHECK(read_all(fd, "bytes") == bytes);
}

}  // namespace
}  // namespace berth::sys
