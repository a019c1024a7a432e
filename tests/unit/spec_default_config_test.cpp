#include <catch2/catch.hpp>

#include <random>

#include "spec/config/config.h"
#include "spec/config/default_config.h"
#include "spec/config/read_config.h"
#include "spec/json/json.h"

namespace berth::spec {
namespace {

TEST_CASE("CL-13 CL-16: the default config reads back without a problem, and the same") {
  const std::string bytes = to_json(default_config(), Layout::Pretty);
  Problems problems;
  const Config config = read_config(bytes, problems);
  CHECK(problems.empty());
  CHECK(to_json(config, Layout::Pretty) == bytes);
}

TEST_CASE("CF-VER-2: the versions are the lowest that have what the configs ask for") {
  CHECK(default_config().oci_version == "1.0.0");
  CHECK(rootless_config(1000, 100).oci_version == "1.1.0");  // rro
}

TEST_CASE("CL-13: the default config asks for what the floor benchmark does by hand") {
  const Config config = default_config();
  CHECK(config.root->readonly);
  CHECK(config.process->no_new_privileges);
  CHECK(config.process->capabilities->inheritable.empty());
  CHECK(config.mounts.size() == 7);
  CHECK(config.linux.namespaces.size() == 6);
  CHECK(config.linux.masked_paths.size() == 12);
  CHECK(config.linux.readonly_paths.size() == 5);
  CHECK(to_json(config.linux.resources->devices) == R"([{"allow":false,"access":"rwm"}])");
}

TEST_CASE("UM-1: the rootless config maps the caller alone, and asks for nothing of root's") {
  const Config config = rootless_config(1000, 100);
  CHECK(to_json(config.linux.uid_mappings) == R"([{"containerID":0,"hostID":1000,"size":1}])");
  CHECK(to_json(config.linux.gid_mappings) == R"([{"containerID":0,"hostID":100,"size":1}])");
  CHECK(!config.linux.resources);
  std::string types, sources;
  for (const Namespace& one : config.linux.namespaces) types += one.type + " ";
  CHECK(types == "pid ipc uts mount cgroup user ");
  for (const Mount& one : config.mounts) sources += one.source + " ";
  CHECK(sources == "proc tmpfs devpts shm mqueue /sys ");
  // The id 5 is not mapped.
  CHECK_THAT(to_json(config.mounts), !Catch::Contains("gid="));
  Problems problems;
  (void)read_config(to_json(config), problems);
  CHECK(problems.empty());
}

/// One change of the kind that an editor, a bad disk or a hostile hand makes.
std::string mutated(std::string bytes, std::mt19937& random) {
  const auto any = [&](std::size_t below) { return random() % below; };
  static const std::string kPieces[] = {"null",
                                        "\"\"",
                                        "[]",
                                        "{}",
                                        "-1",
                                        "1e999",
                                        "18446744073709551616",
                                        "\\u0000",
                                        "\"",
                                        ",",
                                        "}",
                                        "\xFF",
                                        "[[[[[[[[",
                                        "{\"a\":",
                                        "//",
                                        std::string(1, '\0')};
  const int changes = 1 + static_cast<int>(any(4));
  for (int i = 0; i < changes; i++) {
    const std::size_t at = any(bytes.size());
    const std::size_t length = any(std::min<std::size_t>(bytes.size() - at, 40));
    switch (any(5)) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes.erase(at, length);
        break;
      case 2:
        bytes.insert(at, bytes.substr(any(bytes.size()), length));
        break;
      case 3:
        bytes.replace(at, length, kPieces[any(std::size(kPieces))]);
        break;
      default: {
        // A whole value: what follows a colon, up to the line's end.
        const std::size_t colon = bytes.find(": ", at);
        if (colon == std::string::npos) break;
        const std::size_t end = bytes.find_first_of(",\n", colon);
        bytes.replace(colon + 2, end - colon - 2, kPieces[any(6)]);
      }
    }
    if (bytes.empty()) bytes = " ";
  }
  return bytes;
}

TEST_CASE("CF-ROOT-3: the root of the default config has the conventional name") {
  CHECK(default_config().root->path == "rootfs");
}

TEST_CASE("VV-1: any bytes give a config or problems with a place (SR-41)") {
  const std::string original = to_json(default_config(), Layout::Pretty);
  std::mt19937 random(1);
  int valid = 0;
  for (int i = 0; i < 5000; i++) {
    const std::string bytes = mutated(original, random);
    Problems problems;
    const Config config = read_config(bytes, problems);
    for (const Problem& problem : problems.list()) {
      if (problem.line < 1 || problem.column < 1 || problem.message.empty()) FAIL(bytes);
    }
    if (!problems.empty()) continue;
    valid++;
    // What is accepted can be written and read again.
    Problems again;
    (void)read_config(to_json(config), again);
    if (!again.empty()) FAIL(bytes);
  }
  CHECK(valid > 50);
  CHECK(valid < 4000);
}

}  // namespace
}  // namespace berth::spec
