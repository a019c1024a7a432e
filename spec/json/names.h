// The property names of a described struct.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::spec {

/// The visitor that collects names; spec/json/json.h explains visitors.
class NameCollector {
 public:
  template <class... Arguments>
  void required(std::string_view name, const Arguments&...) {
    names.emplace_back(name);
  }
  template <class... Arguments>
  void optional(std::string_view name, const Arguments&...) {
    names.emplace_back(name);
  }
  template <class... Arguments>
  void check(const Arguments&...) {}
  template <class... Arguments>
  void unique(const Arguments&...) {}

  std::vector<std::string> names;
};

template <class T>
std::vector<std::string> names_of() {
  T value{};
  NameCollector collector;
  describe(collector, value);
  return collector.names;
}

}  // namespace berth::spec
