// What state and list print.
#include <catch2/catch.hpp>
#include <regex>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

const std::regex kTime(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");

TEST_CASE_METHOD(Machine,
                 "state is the document of the specification (RT-STATE-3 RT-ST-1 RT-ST-2 "
                 "RT-ST-4 RT-ST-6 RT-ST-7 RT-ST-9)",
                 "[state]") {
  Bundle bundle = new_bundle().set("/annotations", R"({"org.example.colour": "blue"})");
  Container box(*this, bundle);
  box.create();
  const std::string state = box.state();
  CHECK(std::regex_match(json::get(state, "/ociVersion"), std::regex(R"(1\.\d+\.\d+\S*)")));
  CHECK(json::get(state, "/id") == box.id());
  CHECK(json::get(state, "/status") == "created");
  CHECK(std::stoi(json::get(state, "/pid")) > 1);
  CHECK(json::get(state, "/bundle") == bundle.directory());
  CHECK(json::get(state, "/annotations/org.example.colour") == "blue");
}

TEST_CASE_METHOD(Machine, "state has what engines look for besides: rootfs, created (RT-ST-8)",
                 "[state]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  const std::string state = box.state();
  CHECK(json::get(state, "/rootfs") == bundle.in_image(""));
  CHECK(std::regex_match(json::get(state, "/created"), kTime));
}

TEST_CASE_METHOD(Machine, "state uses no key that CRI-O reads with another meaning", "[state]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  const std::string state = box.state();
  for (const char* key : {"started", "finished", "exitCode", "oomKilled", "error", "initPid"}) {
    INFO(key);
    CHECK_FALSE(json::find(state, std::string("/") + key));
  }
}

TEST_CASE_METHOD(Machine, "a stopped container has no pid of a living process (RT-ST-4)",
                 "[state]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  CHECK(json::find(box.state(), "/pid").value_or("0") == "0");
}

TEST_CASE_METHOD(Machine, "list prints nothing but a head when there are no containers",
                 "[state]") {
  CHECK_THAT(call({"list", "--quiet"}), Prints(""));
  const Outcome table = call({"list"});
  CHECK_THAT(table, Succeeds());
  CHECK(lines_of(table.out).size() <= 1);
}

TEST_CASE_METHOD(Machine, "list -q prints ids, sorted", "[state]") {
  Bundle bundle = new_bundle();
  Container one(*this, bundle);
  Container two(*this, bundle);
  two.create();
  one.create();
  CHECK_THAT(call({"list", "-q"}), Prints(one.id() + "\n" + two.id() + "\n"));
}

TEST_CASE_METHOD(Machine, "list prints a table that people and scripts know", "[state]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  for (const Outcome& table : {call({"list"}), call({"list", "-f", "table"})}) {
    REQUIRE_THAT(table, Succeeds());
    const std::vector<std::string> lines = lines_of(table.out);
    REQUIRE(lines.size() == 2);
    CHECK(words_of(lines[0]) ==
          std::vector<std::string>{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"});
    const std::vector<std::string> row = words_of(lines[1]);
    REQUIRE(row.size() == 6);
    CHECK(row[0] == box.id());
    CHECK(row[1] == std::to_string(box.pid()));
    CHECK(row[2] == "created");
    CHECK(row[3] == bundle.directory());
    CHECK(std::regex_match(row[4], kTime));
    CHECK((row[5] == "root" || row[5] == "0"));
  }
}

TEST_CASE_METHOD(Machine, "list -f json prints one array on one line", "[state]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  const Outcome list = call({"list", "--format=json"});
  REQUIRE_THAT(list, Succeeds());
  CHECK(lines_of(list.out).size() == 1);
  CHECK(json::size_of(list.out, "") == 1);
  CHECK(json::get(list.out, "/0/id") == box.id());
  CHECK(json::get(list.out, "/0/status") == "created");
  CHECK(json::get(list.out, "/0/pid") == std::to_string(box.pid()));
  CHECK(json::get(list.out, "/0/bundle") == bundle.directory());
  CHECK(json::get(list.out, "/0/rootfs") == bundle.in_image(""));
  const std::string owner = json::get(list.out, "/0/owner");
  CHECK((owner == "root" || owner == "0"));
  CHECK(std::regex_match(json::get(list.out, "/0/created"), kTime));
}

TEST_CASE_METHOD(Machine, "an unknown list format is an error", "[state]") {
  CHECK_THAT(call({"list", "--format", "yaml"}), Fails());
}

}  // namespace
}  // namespace berth::test
