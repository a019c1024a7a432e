#include "tests/integration/harness/rootfs.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/files.h"

namespace berth::test {

namespace {

constexpr const char* kDirectories[] = {"bin",  "dev",     "etc",     "home",   "lib",
                                        "proc", "root",    "run",     "sbin",   "sys",
                                        "tmp",  "usr/bin", "usr/lib", "var/log"};

constexpr const char* kApplets[] = {
    "cat",    "chmod", "cp",    "cut",  "date",     "dd",     "dmesg", "echo",     "env",
    "false",  "grep",  "head",  "id",   "ifconfig", "kill",   "ln",    "ls",       "mkdir",
    "mkfifo", "mknod", "mount", "mv",   "nc",       "ps",     "pwd",   "readlink", "rm",
    "rmdir",  "sed",   "seq",   "sh",   "sleep",    "sort",   "stat",  "stty",     "tail",
    "test",   "touch", "tr",    "true", "tty",      "umount", "uname", "wc",       "hostname"};

constexpr const char* kBusybox = "/bin/busybox";

}  // namespace

void make_rootfs(const std::string& directory) {
  namespace fs = std::filesystem;
  for (const char* name : kDirectories) fs::create_directories(directory + "/" + name);
  INFO("busybox-static is needed at " << kBusybox);
  REQUIRE(fs::copy_file(kBusybox, directory + "/bin/busybox"));
  for (const char* applet : kApplets) fs::create_symlink("busybox", directory + "/bin/" + applet);
  write_file(directory + "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  write_file(directory + "/etc/group", "root:x:0:\n");
}

}  // namespace berth::test
