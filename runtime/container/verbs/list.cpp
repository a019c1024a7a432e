#include "runtime/container/verbs/list.h"

#include <utility>

#include "runtime/container/verbs/state.h"
#include "runtime/store/state_root.h"
#include "spec/error.h"

namespace berth::container {

std::vector<spec::State> list(Context& context) {
  std::vector<spec::State> entries;
  const auto root = store::open_root_if_exists(context.root);
  if (!root) return entries;
  for (const std::string& id : store::list_ids(*root)) {
    try {
      const auto dir = store::StateDir::open_if_exists(*root, id);
      auto entry = dir ? read_state(*dir) : std::nullopt;
      if (entry) entries.push_back(std::move(*entry));
    } catch (const Error& error) {
      context.failures.push_back("container '" + id + "': " + error.what());
    }
  }
  return entries;
}

}  // namespace berth::container
