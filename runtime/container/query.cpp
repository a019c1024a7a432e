#include "runtime/compile/request.h"
#include "runtime/container/bundle.h"
#include "runtime/container/identity.h"
#include "runtime/plan/print.h"
#include "runtime/store/container_id.h"
#include "runtime/store/state_root.h"
#include "spec/error.h"
#include "spec/version.h"

namespace berth::container {

namespace {

/// Also of a container of which only the directory exists yet; nothing when it was removed
/// meanwhile.
std::optional<spec::State> read_state(const store::StateDir& dir) {
  const auto seen = observe(dir);
  if (!seen) return std::nullopt;
  if (seen->record) return state_document(*seen->record, seen->status);
  store::Record empty;
  empty.id = dir.id();
  empty.oci_version = spec::kOciVersion;
  return state_document(empty, seen->status);
}

}  // namespace

spec::State state(Site& site, const std::string& id) {
  const auto dir = store::StateDir::open_if_exists(site.root, id);
  auto state = dir ? read_state(*dir) : std::nullopt;
  if (!state) fail(ErrorKind::State, "container '" + id + "' does not exist");
  return std::move(*state);
}

std::vector<spec::State> list(Site& site) {
  std::vector<spec::State> entries;
  for (const std::string& id : store::list_ids(site.root)) {
    try {
      const auto dir = store::StateDir::open_if_exists(site.root, id);
      auto entry = dir ? read_state(*dir) : std::nullopt;
      if (entry) entries.push_back(std::move(*entry));
    } catch (const Error& error) {
      site.failures.push_back("container '" + id + "': " + error.what());
    }
  }
  return entries;
}

std::string plan(Site& site, const CreateOptions& options, bool json) {
  launch::Trace trace(false);
  store::check_id(options.id);
  plan::Request request = request_of(options);
  // The console as for `run`, where no socket for it is given; started as after `create`.
  request.relay_terminal = options.console_socket.empty();
  const Compiled compiled = compile_bundle(read_bundle(request, trace), request, trace);
  site.remarks = compiled.plan.warnings;
  return plan::print_plan(compiled.plan, json);
}

}  // namespace berth::container
