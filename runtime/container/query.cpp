#include "runtime/container/bundle.h"
#include "runtime/container/identity.h"
#include "runtime/plan/print.h"
#include "spec/version.h"

namespace berth::container {

namespace {

/// Also of a container of which only the directory exists yet.
spec::State read_state(const store::StateDir& dir) {
  const auto record = dir.read();
  const Status status = status_of(dir, record);
  if (record) return state_document(*record, status);
  store::Record empty;
  empty.id = dir.id();
  empty.oci_version = spec::kOciVersion;
  return state_document(empty, status);
}

}  // namespace

spec::State state(Site& site, const std::string& id) {
  return read_state(store::StateDir::open(site.root, id));
}

std::vector<spec::State> list(Site& site) {
  std::vector<spec::State> entries;
  for (const std::string& id : store::list_ids(site.root)) {
    try {
      const auto dir = store::StateDir::open_if_exists(site.root, id);
      if (dir) entries.push_back(read_state(*dir));
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
