// Collects the writes for linux.resources, and what is wrong with it.
#pragma once

#include <string>
#include <vector>

#include "runtime/compile/cgroup/resource_row.h"
#include "runtime/host/cgroup_layout.h"
#include "runtime/plan/cgroup_plan.h"
#include "spec/error.h"

namespace berth::plan {

/// A property is given as its JSON pointer below /linux/resources/.
class ResourceWriter {
 public:
  /// Keeps references to the layout and the problems.
  ResourceWriter(const CgroupLayout& layout, const Asked& asked, Problems& problems)
      : layout_(layout), asked_(asked), problems_(problems) {}

  /// Adds the write of a number, if it is set.
  void add(const ResourceRow& row);
  /// Adds the write of any other value; the origin is the property.
  void add(const std::string& property, CgroupWrite write);

  /// The hierarchy of a controller, which may have another name in v2 (null: none). Null, with a
  /// problem, if there is no such hierarchy.
  const CgroupHierarchy* find(const std::string& property, const char* v1, const char* v2);

  /// The value is right, but cannot be set here.
  void refuse(const std::string& property, std::string message) {
    problem(property, std::move(message), ErrorKind::Unsupported);
  }
  void problem(const std::string& property, std::string message,
               ErrorKind kind = ErrorKind::Config);

  const spec::Resources& resources() const { return asked_.resources; }
  const CgroupLayout& layout() const { return layout_; }
  std::vector<CgroupWrite> take() { return std::move(writes_); }

 private:
  const CgroupHierarchy* find_if_any(const char* v1, const char* v2) const;
  std::string lack_of(const std::string& controller) const;
  bool has_fault(const ResourceRow& row, std::int64_t value);

  const CgroupLayout& layout_;
  Asked asked_;
  Problems& problems_;
  std::vector<CgroupWrite> writes_;
};

}  // namespace berth::plan
