#include "runtime/container/bundle.h"

#include <utility>

#include "runtime/compile/order.h"
#include "runtime/container/home.h"
#include "runtime/host/host.h"
#include "runtime/linux/files/chosen_file.h"
#include "runtime/linux/files/path_text.h"
#include "spec/config/read_config.h"
#include "spec/json/locate.h"
#include "spec/json/reader.h"

namespace berth::container {

namespace {

constexpr char kFile[] = "config.json";

void fail_if_any(const Bundle& bundle, Problems& problems) {
  if (problems.empty()) return;
  spec::locate(bundle.bytes, problems);
  berth::fail_if_any(problems, kFile);
}

}  // namespace

Bundle read_bundle(const plan::Request& request, launch::Trace& trace) {
  constexpr std::size_t kLargest = spec::Document::kMaxBytes;
  const launch::Trace::Span span(trace, "read config.json");
  Bundle bundle{.bytes = sys::read_regular_file(request.bundle + "/" + kFile, kLargest),
                .config = {}};
  Problems problems;
  bundle.config = spec::read_config(bundle.bytes, problems);
  fail_if_any(bundle, problems);
  return bundle;
}

Compiled compile_bundle(Bundle bundle, plan::Request request, launch::Trace& trace) {
  const spec::Config& config = bundle.config;
  if (config.process) {
    // The image's own file, because a mount over it would come too late.
    find_home(*config.process, sys::absolute_from(request.bundle, config.root->path), request);
  }
  const launch::Trace::Span span(trace, "compile");
  Problems problems;
  const plan::Host host =
      plan::read_host(config, {.rootless = request.rootless,
                               .no_cgroups = request.no_cgroups,
                               .systemd_flag = request.systemd_flag,
                               .no_pivot = request.no_pivot,
                               .makes_empty_namespace = request.makes_empty_namespace,
                               .bundle = request.bundle});
  plan::Plan plan = plan::compile(config, request, host, problems);
  fail_if_any(bundle, problems);
  return {.config = std::move(bundle.config), .plan = std::move(plan)};
}

}  // namespace berth::container
