// The image of the test containers: busybox-static and the directories that programs expect.
#pragma once

#include <string>

namespace berth::test {

void make_rootfs(const std::string& directory);

}  // namespace berth::test
