#include "runtime/container/verbs/state.h"

#include <utility>

#include "runtime/container/identity.h"
#include "spec/documents/version.h"
#include "spec/error.h"

namespace berth::container {

std::optional<spec::State> read_state(const store::StateDir& dir) {
  const auto seen = observe(dir);
  if (!seen) return std::nullopt;
  if (seen->record) return state_document(*seen->record, seen->status);
  store::Record empty;
  empty.id = dir.id();
  empty.oci_version = spec::kOciVersion;
  return state_document(empty, seen->status);
}

spec::State state(Context& context, const std::string& id) {
  const auto dir = store::StateDir::open_if_exists(context.root, id);
  auto state = dir ? read_state(*dir) : std::nullopt;
  if (!state) fail(ErrorKind::State, "container '" + id + "' does not exist");
  return std::move(*state);
}

}  // namespace berth::container
