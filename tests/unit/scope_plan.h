// The Plan of a container in a scope of systemd, for tests.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/systemd/unit_properties.h"
#include "runtime/host/systemd.h"

namespace berth::plan {

using Lines = std::vector<std::string>;

inline CgroupLayout layout_of(SystemdManager manager) {
  CgroupHierarchy unified;
  unified.mountpoint = "/cg";
  unified.root = "/";
  unified.unified = true;
  CgroupLayout layout;
  layout.mode = CgroupLayout::Mode::V2;
  layout.hierarchies = {unified};
  layout.systemd = std::move(manager);
  return layout;
}

inline CgroupLayout machine() {
  return layout_of({.is_user = false,
                    .place = "",
                    .controllers = {"cpuset", "cpu", "io", "memory", "pids", "rdma"}});
}

inline CgroupLayout user() {
  return layout_of({.is_user = true,
                    .place = "/user.slice/user-7.slice/user@7.service",
                    .controllers = {"memory", "pids"}});
}

inline spec::Config with_path(std::string path) {
  spec::Config config;
  config.linux.cgroups_path = std::move(path);
  return config;
}

inline CgroupPlan scoped(const spec::Config& config, const CgroupLayout& layout = machine(),
                         const std::string& id = "web1") {
  Problems problems;
  CgroupPlan plan = compile_cgroup(config, id, layout, problems);
  CHECK(problems.empty());
  return plan;
}

inline Problems problems_of(const spec::Config& config, const CgroupLayout& layout = machine()) {
  Problems problems;
  (void)compile_cgroup(config, "web1", layout, problems);
  return problems;
}

/// `Name signature value value`
inline std::string line_of(const UnitProperty& property) {
  std::string line = property.name + " " + property.signature;
  for (const std::string& value : property.values) line += " " + value;
  return line;
}

inline Lines lines_of(const std::vector<UnitProperty>& properties) {
  Lines lines;
  for (const UnitProperty& property : properties) lines.push_back(line_of(property));
  return lines;
}

inline bool has(const std::vector<UnitProperty>& properties, const std::string& line) {
  const Lines lines = lines_of(properties);
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

inline Lines limits_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<CgroupWrite> writes;
  writes.reserve(files.size());
  for (const auto& [file, value] : files) {
    writes.push_back(
        {.controller = file.substr(0, file.find('.')), .file = file, .value = value, .origin = {}});
  }
  return lines_of(limit_properties(writes));
}

}  // namespace berth::plan
