#include "tests/integration/harness/census.h"

#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/mountinfo.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {

namespace fs = std::filesystem;

namespace {

/// A directory that vanishes meanwhile, another program's, ends the walk below it alone.
void find_tagged(const fs::path& directory, const std::string& tag,
                 std::vector<std::string>& found) {
  std::error_code vanished;
  for (fs::directory_iterator entry(directory, vanished), end; entry != end;
       entry.increment(vanished)) {
    if (!entry->is_directory(vanished)) continue;
    if (contains(entry->path(), tag)) found.push_back(entry->path());
    find_tagged(entry->path(), tag, found);
  }
}

std::vector<std::string> tagged_cgroups(const std::string& tag) {
  std::vector<std::string> found;
  for (const MountEntry& mount : mounts_of(0)) {
    if (mount.type == "cgroup" || mount.type == "cgroup2") {
      find_tagged(mount.mountpoint, tag, found);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Without the options of the file system itself: a remount elsewhere changes them, too.
std::vector<std::string> mount_lines() {
  std::vector<std::string> lines;
  for (const MountEntry& mount : mounts_of(0)) {
    lines.push_back(mount.mountpoint + " " + mount.root + " " + mount.options + " " +
                    mount.propagation + " " + mount.type + " " + mount.source);
  }
  return lines;
}

std::vector<std::string> interface_names() {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(read_file("/proc/self/net/dev"))) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) names.push_back(words_of(line.substr(0, colon)).at(0));
  }
  return names;
}

}  // namespace

Census take_census(const std::string& tag) {
  Census census{
      .mounts = mount_lines(), .cgroups = tagged_cgroups(tag), .interfaces = interface_names()};
  for (const Descriptor& descriptor : descriptors_of(0)) {
    census.descriptors.push_back(std::to_string(descriptor.number));
  }
  return census;
}

void remove_cgroups(const std::vector<std::string>& directories) {
  for (auto path = directories.rbegin(); path != directories.rend(); ++path) rmdir(path->c_str());
}

bool unmount_below(const std::string& directory) {
  bool clean = true;
  const std::vector<MountEntry> mounts = mounts_of(0);
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) {
    if (mount->mountpoint.compare(0, directory.size() + 1, directory + "/") != 0) continue;
    clean = umount2(mount->mountpoint.c_str(), MNT_DETACH) == 0 && clean;
  }
  return clean;
}

namespace {

/// True when there are no children any more.
bool reap_what_ended() {
  for (;;) {
    const pid_t pid = waitpid(-1, nullptr, WNOHANG);
    if (pid < 0) return errno == ECHILD;
    if (pid == 0) return false;
  }
}

void kill_children() {
  const std::string children = read_file("/proc/thread-self/children");
  for (const std::string& pid : words_of(children)) kill(std::stoi(pid), SIGKILL);
}

}  // namespace

bool reap_descendants() {
  if (eventually(reap_what_ended, Deadline(std::chrono::seconds(5)))) return true;
  // Killing one makes its children ours: again, until there are none.
  eventually([] {
    kill_children();
    return reap_what_ended();
  });
  return false;
}

}  // namespace berth::test
