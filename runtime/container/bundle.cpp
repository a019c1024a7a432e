#include "runtime/container/bundle.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "runtime/compile/order.h"
#include "runtime/host/host.h"
#include "runtime/linux/file.h"
#include "runtime/linux/process.h"
#include "runtime/linux/signals.h"
#include "spec/config/read_config.h"
#include "spec/json/locate.h"
#include "spec/json/reader.h"

namespace berth::container {

namespace {

constexpr char kFile[] = "config.json";
constexpr std::size_t kLargestPasswd = 16u << 20;

/// A number in berth's environment; 0 if it is absent or not a number.
std::uint32_t variable(const char* name) {
  const char* text = std::getenv(name);
  std::uint32_t number = 0;
  if (text == nullptr) return 0;
  const char* const end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, number);
  return parsed.ptr == end && parsed.ec == std::errc() ? number : 0;
}

/// The number of descriptors for socket activation. sd_listen_fds(3)
std::uint32_t listen_fds() {
  const bool for_us = variable("LISTEN_PID") == static_cast<std::uint32_t>(sys::own_pid());
  return for_us ? variable("LISTEN_FDS") : 0;
}

std::vector<std::uint32_t> closed_ones(std::uint32_t first, std::uint32_t count) {
  std::vector<std::uint32_t> closed;
  for (std::uint32_t fd = first; fd < first + count; ++fd) {
    if (!sys::is_open(static_cast<int>(fd))) closed.push_back(fd);
  }
  return closed;
}

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

plan::Request request_of(const std::string& id, const CreateOptions& options) {
  constexpr std::uint32_t kMost = 1u << 16;
  plan::Request request{.id = id,
                        .bundle = options.bundle,
                        .console_socket = options.console_socket,
                        .relay_terminal = false,
                        .no_pivot = options.no_pivot,
                        .no_new_keyring = options.no_new_keyring,
                        .passwd = {},
                        .rootless = options.rootless,
                        .preserved_fds = options.preserved_fds,
                        .listen_fds = listen_fds()};
  if (request.preserved_fds > kMost || request.listen_fds > kMost) {
    fail(ErrorKind::Config, "more than " + std::to_string(kMost) + " descriptors",
         "--preserve-fds");
  }
  request.preserved_fds += request.listen_fds;
  request.closed_fds = closed_ones(3, request.preserved_fds);
  // Otherwise a file that berth opens from here on could get their numbers, and reach the program.
  sys::reserve_fds(request.closed_fds);
  return request;
}

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
