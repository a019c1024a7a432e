#include "runtime/container/bundle.h"

#include <algorithm>
#include <utility>

#include "runtime/compile/order.h"
#include "runtime/host/host.h"
#include "runtime/linux/files/chosen_file.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/path_text.h"
#include "spec/config/read_config.h"
#include "spec/json/locate.h"
#include "spec/json/reader.h"

namespace berth::container {

namespace {

constexpr char kFile[] = "config.json";
constexpr std::size_t kLargestPasswd = 16u << 20;

/// Shells and many other programs need HOME, and engines leave it to the runtime.
bool wants_home(const spec::Config& config) {
  if (!config.process) return false;
  constexpr std::string_view kName = "HOME=";
  const spec::Strings& variables = config.process->env;
  const auto last = std::find_if(variables.rbegin(), variables.rend(),
                                 [&](const auto& variable) { return variable.starts_with(kName); });
  return last == variables.rend() || *last == kName;
}

/// Reads the image's own file, because a mount over it would come too late. Empty if there is none.
/// Nothing that the image has in its place may prevent the container.
void read_passwd(const spec::Root& root, plan::Request& request) {
  request.passwd.emplace();
  try {
    const auto rootfs = sys::open_dir_if_exists(sys::absolute_from(request.bundle, root.path));
    if (!rootfs) return;  // compile() reports it
    const auto text = sys::read_in_root_if_regular(*rootfs, "etc/passwd", kLargestPasswd);
    request.passwd = text.value_or("");
  } catch (const Error& error) {
    request.passwd_error = error.message();
  }
}

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
  if (wants_home(config)) read_passwd(*config.root, request);
  const launch::Trace::Span span(trace, "compile");
  Problems problems;
  plan::Plan plan = plan::compile(
      config, request, plan::read_host(config, request.rootless, request.no_pivot), problems);
  fail_if_any(bundle, problems);
  return {.config = std::move(bundle.config), .plan = std::move(plan)};
}

}  // namespace berth::container
