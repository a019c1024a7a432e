#include "runtime/container/verbs/validate.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "spec/config/config.h"
#include "spec/config/default_config.h"
#include "spec/error.h"
#include "spec/json/json.h"
#include "tests/unit/temporary_directory.h"

namespace berth::container {
namespace {

/// What is found in this document.
std::vector<Finding> findings_in(const std::string& document, Strict strict = Strict::No,
                                 const std::string& schema = {}) {
  const TemporaryDirectory bundle;
  const std::string file = bundle / "config.json";
  std::ofstream(file) << document;
  if (!schema.empty()) std::ofstream(bundle / "policy.json") << schema;
  return validate(file, bundle.path(), schema.empty() ? "" : bundle / "policy.json", strict);
}

/// `LINE:COLUMN severity POINTER REQUIREMENT`
std::string shown(const Finding& finding) {
  return std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " +
         finding.severity + " " + finding.pointer + " " + finding.requirement;
}

std::vector<std::string> shown(const std::vector<Finding>& findings) {
  std::vector<std::string> lines;
  lines.reserve(findings.size());
  for (const Finding& finding : findings) lines.push_back(shown(finding));
  return lines;
}

using Lines = std::vector<std::string>;

constexpr char kSmall[] = R"({"ociVersion": "1.3.0", "root": {"path": "r"},
"process": {"args": ["x"], "cwd": "/", "user": {"uid": 0, "gid": 0}},
"linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}]})";

TEST_CASE("validate: nothing to say of what berth writes itself (RT-CREATE-6)") {
  CHECK(shown(findings_in(spec::to_json(spec::default_config()))) == Lines{});
  CHECK(shown(findings_in(kSmall + std::string("}"), Strict::Yes)) == Lines{});
}

TEST_CASE("validate: every mistake of form, each where it is (VV-1 RT-CREATE-6)") {
  CHECK(shown(findings_in(R"({"ociVersion": "1.3",
"process": {"cwd": "tmp", "args": [],
  "rlimits": [{"type": "RLIMIT_CORE", "soft": 2, "hard": 1}]},
"mounts": [{"destination": 1}]})")) == Lines{
                                           "1:1 error /root CF-ROOT-1",
                                           "1:16 error /ociVersion CF-VER-1",
                                           "2:20 error /process/cwd PR-CWD-1",
                                           "2:35 error /process/args PR-ARGS-1",
                                           "3:47 error /process/rlimits/0/soft PR-RL-2",
                                           "4:28 error /mounts/0/destination MT-2",
                                       });
}

TEST_CASE(
    "validate: a mistake between two members is one error, at the one that is wrong (SC-2 SC-6)") {
  const std::string before = R"({"ociVersion": "1.3.0", "root": {"path": "r"}, "linux": {)";
  CHECK(shown(findings_in(before + R"(
"seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
{"names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1}]}}})")) ==
        Lines{"3:61 error /linux/seccomp/syscalls/0/errnoRet SC-2"});
  CHECK(shown(findings_in(before + R"(
"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1}}})")) ==
        Lines{"2:67 error /linux/seccomp/defaultErrnoRet SC-2"});
  CHECK(shown(findings_in(before + R"(
"memoryPolicy": {"mode": "MPOL_LOCAL", "nodes": "0"}}})")) ==
        Lines{"2:49 error /linux/memoryPolicy/nodes MP-1"});
}

TEST_CASE("validate: what the compiler says, when the form is right (RT-CREATE-5 RT-CREATE-6)") {
  const auto findings = findings_in(kSmall + std::string(R"(,
"hostname": "box",
"mounts": [{"destination": "/x", "type": "bind", "options": ["idmap", "bind"]}]})"));
  const Lines lines = shown(findings);
  CAPTURE(lines);
  CHECK(std::count(lines.begin(), lines.end(), "4:13 error /hostname CF-HOST-1") == 1);
  CHECK(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("error /mounts/0") != std::string::npos;
  }));
}

TEST_CASE("validate: warnings are the compiler's and unknown properties, strict: errors (EX-1)") {
  const std::string document = kSmall + std::string(R"(,
"hostnme": "box"})");
  const auto findings = findings_in(document);
  CHECK(shown(findings) == Lines{"4:12 warning /hostnme EX-1"});
  CHECK(findings[0].message == "unknown property, ignored; did you mean 'hostname'?");
  CHECK(shown(findings_in(document, Strict::Yes)) == Lines{"4:12 error /hostnme EX-1"});

  const auto granted = findings_in(
      R"({"ociVersion": "1.3.0", "root": {"path": "r"}, "process": {"args": ["x"], "cwd": "/",
"user": {"uid": 0, "gid": 0}, "capabilities": {"bounding": ["CAP_NOBODY_KNOWS"]}},
"linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}]}})");
  CHECK(shown(granted) == Lines{"2:61 warning /process/capabilities/bounding/0 PR-CAP-1"});
}

TEST_CASE("validate: one warning does not hide another below it (SC-3)") {
  const std::string document =
      R"({"ociVersion": "1.3.0", "root": {"path": "r"},
"process": {"args": ["x"], "cwd": "/", "user": {"uid": 0, "gid": 0}},
"linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}], "seccomp": {
"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
{"names": ["ioctl", "no_such_call"], "action": "SCMP_ACT_ERRNO"},
{"names": ["ioctl"], "action": "SCMP_ACT_LOG"}]}}})";
  Lines pointers;
  for (const Finding& finding : findings_in(document)) {
    pointers.push_back(finding.severity + " " + finding.pointer);
  }
  CHECK(pointers == Lines{"warning /linux/seccomp/syscalls", "warning /linux/seccomp/syscalls/1"});
}

constexpr char kNoAddedCapabilities[] = R"({"properties": {"process": {"properties": {
"capabilities": {"additionalProperties": {"items": {"enum": ["CAP_KILL", "CAP_CHOWN"]}}}}}}})";

TEST_CASE("validate: what a policy does not allow is an error at its place") {
  const std::string document =
      R"({"ociVersion": "1.3.0", "root": {"path": "r"}, "process": {"args": ["x"], "cwd": "/",
"user": {"uid": 0, "gid": 0}, "capabilities": {"bounding": ["CAP_KILL",
  "CAP_SYS_ADMIN"]}}, "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}]}})";
  CHECK(shown(findings_in(document, Strict::Yes)) == Lines{});
  const auto findings = findings_in(document, Strict::No, kNoAddedCapabilities);
  CHECK(shown(findings) == Lines{"3:3 error /process/capabilities/bounding/1 "});
  CHECK(findings[0].message == "schema: failed to match against any enum values");
}

TEST_CASE("validate: a policy is asked where the form is wrong, too, but not about other text") {
  const std::string policy = R"({"required": ["hostname"]})";
  CHECK(shown(findings_in(R"({"ociVersion": "1.3", "root": {"path": "r"}})", Strict::No, policy)) ==
        Lines{"1:1 error  ", "1:16 error /ociVersion CF-VER-1"});
  CHECK(shown(findings_in("{", Strict::No, policy)).size() == 1);
}

TEST_CASE("validate: what is not a schema is an error and not a finding") {
  for (const char* schema : {"{", "[]", R"({"type": 1})", R"({"$ref": "missing.json"})"}) {
    CAPTURE(schema);
    CHECK_THROWS_AS(findings_in(kSmall + std::string("}"), Strict::No, schema), Error);
  }
}

TEST_CASE("validate: text that is not JSON and a missing file are errors (GL-1)") {
  CHECK(shown(findings_in("{\n  \"a\": }")) == Lines{"2:8 error  "});
  CHECK(shown(findings_in("")).size() == 1);
  CHECK(shown(findings_in("\xff")).size() == 1);
  CHECK_THROWS_AS(validate("/nowhere/config.json", "/nowhere", "", Strict::No), Error);
}

}  // namespace
}  // namespace berth::container
