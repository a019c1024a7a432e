#include "spec/config/unknown.h"

#include <catch2/catch.hpp>

#include "spec/config/requirement.h"

namespace berth::spec {
namespace {

struct Unknown {
  std::string document, pointer, meant;
};

TEST_CASE("EX-1: an unknown property is found, with the name that was probably meant") {
  for (const auto& [document, pointer, meant] : std::vector<Unknown>{
           {R"({"hostnme": 1})", "/hostnme", "hostname"},
           {R"({"Hostname": 1})", "/Hostname", "hostname"},
           {R"({"process": {"CWD": 1}})", "/process/CWD", "cwd"},
           {R"({"process": {"noNewPrivs": 1}})", "/process/noNewPrivs", ""},
           {R"({"process": {"noNewPrivilege": 1}})", "/process/noNewPrivilege", "noNewPrivileges"},
           {R"({"process": {"user": {"gdi": 1}}})", "/process/user/gdi", "gid"},
           {R"({"mounts": [{}, {"option": 1}]})", "/mounts/1/option", "options"},
           {R"({"hooks": {"poststop": [{"timeOut": 1}]}})", "/hooks/poststop/0/timeOut", "timeout"},
           {R"({"linux": {"resources": {"rdma": {"x": {"handles": 1}}}}})",
            "/linux/resources/rdma/x/handles", "hcaHandles"},
           {R"({"linux": {"seccomp": {"syscalls": [{"arg": 1}]}}})",
            "/linux/seccomp/syscalls/0/arg", "args"},
           {R"({"a/b~": 1})", "/a~1b~0", ""},
           {R"({"": 1})", "/", ""},
       }) {
    CAPTURE(document);
    const Problems found = find_ignored_properties(document).unknown;
    REQUIRE(found.list().size() == 1);
    const Problem& problem = found.list()[0];
    CHECK(problem.pointer == pointer);
    CHECK(problem.line == 1);
    CHECK(problem.message ==
          "unknown property, ignored" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
}

TEST_CASE("EX-1 AN-5 CF-PLAT-1: what is anybody's, or for another platform, is known") {
  for (const std::string document : {
           R"({"annotations": {"anything": "x"}, "linux": {"sysctl": {"a": "b"}}})",
           R"({"windows": {"x": 1}, "vm": {}, "solaris": {}, "zos": {}, "freebsd": {}})",
           R"({"process": {"commandLine": "x", "user": {"username": "x"}}})",
           R"({"linux": {"netDevices": {"eth7": {"name": "x"}}}})",
           R"({"linux": {"resources": {"unified": {"memory.high": "1"}}}})",
           R"({"process": 7, "mounts": {"x": 1}, "linux": [1]})",
           R"([{"x": 1}])",
           R"(no JSON)",
       }) {
    CAPTURE(document);
    CHECK(find_ignored_properties(document).unknown.empty());
  }
}

TEST_CASE("EX-1: all of them are found, in the order of the document") {
  const Problems found =
      find_ignored_properties("{\"b\": 1,\n \"linux\": {\"c\": 1},\n \"a\": 1}").unknown;
  REQUIRE(found.list().size() == 3);
  CHECK(found.list()[0].pointer == "/b");
  CHECK(found.list()[1].pointer == "/linux/c");
  CHECK(found.list()[1].line == 2);
  CHECK(found.list()[2].pointer == "/a");
}

TEST_CASE("the closest name") {
  CHECK(closest_name("edvices", {"devices", "services"}) == "devices");
  CHECK(closest_name("services", {"devices"}) == "devices");
  CHECK(closest_name("DEVICES", {"devices"}) == "devices");
  CHECK(closest_name("quite another", {"devices"}).empty());
  CHECK(closest_name("x", {"a"}).empty());
  CHECK(closest_name("", {"a", "b"}).empty());
  CHECK(closest_name(std::string(1u << 20, 'd'), {"devices"}).empty());
}

TEST_CASE("the requirement that a property is about is the most special one known") {
  CHECK(requirement_of("/process/cwd") == "PR-CWD-1");
  CHECK(requirement_of("/process/user/gid") == "US-1");
  CHECK(requirement_of("/process/user/umask") == "US-2");
  CHECK(requirement_of("/mounts/12/options/0") == "MO-UNKNOWN-1");
  CHECK(requirement_of("/mounts/12/uidMappings") == "MT-7");
  CHECK(requirement_of("/mounts/12/uidMappings/0/size") == "UM-1");
  CHECK(requirement_of("/hooks/poststop/3/timeout") == "HK-TMO-1");
  CHECK(requirement_of("/linux/resources/memory/swappiness") == "RS-MEM-2");
  CHECK(requirement_of("/processes").empty());
  CHECK(requirement_of("").empty());
}

}  // namespace
}  // namespace berth::spec
