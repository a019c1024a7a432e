#include "runtime/container/verbs/plan.h"

#include "runtime/container/bundle.h"
#include "runtime/container/request.h"
#include "runtime/plan/print.h"
#include "runtime/store/container_id.h"

namespace berth::container {

std::string plan(Context& context, const std::string& id, plan::Request request, bool json) {
  launch::Trace trace(false);
  store::check_id(id);
  complete_request(id, request);
  // The console is as for `run` if no socket for it is given; the start is as after `create`.
  request.relay_terminal = request.console_socket.empty();
  const Compiled compiled = compile_bundle(read_bundle(request, trace), request, trace);
  context.warnings = compiled.plan.warnings;
  return plan::print_plan(compiled.plan, json);
}

}  // namespace berth::container
