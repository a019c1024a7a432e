// What a container could leave behind on the machine. Taken before and after each test case; see
// machine.h. Processes are not in it: the test is their subreaper and counts its children.
#pragma once

#include <string>
#include <vector>

namespace berth::test {

struct Census {
  std::vector<std::string> mounts;            ///< of the test's mount namespace
  std::vector<std::string> cgroups;           ///< of all hierarchies, whose path has the tag: other
                                              ///< programs make some at any time
  std::vector<std::string> interfaces;        ///< of the test's network namespace
  std::vector<std::string> descriptors = {};  ///< of the test itself
};

Census take_census(const std::string& tag);

/// For what a failed test left: removes the directories (of no living process), innermost first.
void remove_cgroups(const std::vector<std::string>& directories);
/// Detaches everything mounted below the directory. False when something stays.
bool unmount_below(const std::string& directory);
/// Reaps every descendant. False when some still live at the deadline; they are killed.
bool reap_descendants();

}  // namespace berth::test
