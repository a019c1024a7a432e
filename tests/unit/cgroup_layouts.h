// Layouts of cgroup hierarchies, as the compiler gets them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/host/cgroup_layout.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {

inline CgroupHierarchy v1(const std::string& controller) {
  return {.name = controller,
          .controllers = {controller},
          .mountpoint = "/cg/" + controller,
          .root = "/",
          .own_path = "/"};
}

inline CgroupHierarchy v2(const std::string& mountpoint, std::vector<std::string> controllers) {
  return {.name = "",
          .controllers = std::move(controllers),
          .mountpoint = mountpoint,
          .root = "/",
          .unified = true,
          .own_path = "/"};
}

inline CgroupLayout v1_layout() {
  return {.mode = CgroupLayout::Mode::V1,
          .hierarchies = {v1("cpu"), v1("cpuset"), v1("memory"), v1("devices"), v1("pids"),
                          v1("blkio"), v1("hugetlb"), v1("net_cls"), v1("net_prio"), v1("rdma")}};
}

inline CgroupLayout v2_layout() {
  return {.mode = CgroupLayout::Mode::V2,
          .hierarchies = {v2("/cg", {"cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma"})}};
}

inline CgroupLayout hybrid_layout() {
  return {.mode = CgroupLayout::Mode::Hybrid,
          .hierarchies = {v1("cpu"), v1("memory"), v1("devices"), v2("/cg/unified", {"pids"})}};
}

}  // namespace berth::plan
