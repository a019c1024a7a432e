// What engines write (tests/data/engines) becomes a container here, without a word on standard
// error: there it would stand in the container's own log.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// Its paths of the host are below /bundle: those of bind mounts are made, and a hook that says
/// nothing. What is left out is what this machine may not have: others' namespaces, limits.
Bundle bundle_of(Machine& machine, const std::string& text) {
  Bundle bundle = machine.new_bundle();
  const std::string host = bundle.directory() + "/host";
  fs::create_directory(host);
  for (const char* file : {"resolv.conf", "hostname", "hosts", ".containerenv"}) {
    write_file(host + "/" + file, "text\n");
  }
  for (const char* directory : {"shm", "data", "secrets"}) {
    fs::create_directory(host + "/" + directory);
  }
  fs::copy_file("/bin/true", host + "/hook");
  bundle.replace_config(replaced(text, "\"/bundle/", "\"" + bundle.directory() + "/"));
  std::vector<std::string> left_out;
  for (const char* limit : {"memory", "cpu", "pids", "blockIO"}) {
    left_out.push_back(std::string("/linux/resources/") + limit);
  }
  for (std::size_t i = 0; i < json::size_of(bundle.config(), "/linux/namespaces"); ++i) {
    left_out.push_back("/linux/namespaces/" + std::to_string(i) + "/path");
  }
  for (const std::string& pointer : left_out) {
    if (json::find(bundle.config(), pointer)) bundle.erase(pointer);
  }
  return bundle.set("/process/terminal", "false").args({"/bin/true"});
}

TEST_CASE_METHOD(Machine,
                 "RT-CREATE-3: configs of engines become containers, and berth prints nothing",
                 "[engines][remarks][berth]") {
  for (const auto& entry : fs::directory_iterator(BERTH_ENGINE_CONFIGS)) {
    CAPTURE(entry.path().filename());
    Bundle bundle = bundle_of(*this, read_file(entry.path()));
    const Outcome outcome = run(bundle);
    CHECK_THAT(outcome, Prints(""));
    CHECK(outcome.err.empty());
  }
}

}  // namespace
}  // namespace berth::test
