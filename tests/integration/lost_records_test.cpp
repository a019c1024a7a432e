// Containers whose Record says nothing of them, by accident or because another berth wrote it.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

TEST_CASE_METHOD(Machine,
                 "a record that cannot be read does not take its id for ever (SR-33 SR-37)",
                 "[lost][berth]") {
  const Bundle bundle = new_bundle();
  Container model(*this, bundle);
  model.create();
  const std::string record = read_file(runtime().state_root() + "/" + model.id() + "/record.json");
  for (const std::string& bytes :
       {std::string(), record.substr(0, record.size() / 2), std::string("{}"), record}) {
    INFO(bytes);
    Container box(*this, bundle);
    const std::string directory = runtime().state_root() + "/" + box.id();
    fs::create_directory(directory);
    fs::permissions(directory, fs::perms::owner_all);
    write_file(directory + "/record.json", bytes, 0600);
    for (const char* verb : {"state", "delete"}) {
      CHECK_THAT(box.call(verb), Fails({directory + "/record.json", "hint: delete --force"}));
    }
    CHECK_THAT(box.call("delete", {"--force"}), Warns({"processes and cgroups", "record.json"}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
  CHECK(model.status() == "created");  // the last record was its own
}

TEST_CASE_METHOD(Machine, "the record of a newer berth is left to that berth (SR-33)",
                 "[lost][berth]") {
  const Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  const std::string file = runtime().state_root() + "/" + box.id() + "/record.json";
  const std::string record = read_file(file);
  std::string newer = record;
  newer.replace(newer.find("\"version\":1"), 11, "\"version\":2");
  write_file(file, newer, 0600);
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"--force"}}) {
    CHECK_THAT(box.call("delete", flags),
               Fails({"was written by a newer berth", "use the newer berth"}));
  }
  write_file(file, record, 0600);
  CHECK(box.status() == "created");
}

TEST_CASE_METHOD(Machine, "one broken record does not keep others from being listed (SR-33)",
                 "[lost][berth]") {
  const Bundle bundle = new_bundle();
  Container good(*this, bundle), bad(*this, bundle);
  good.create();
  bad.create();
  const std::string file = runtime().state_root() + "/" + bad.id() + "/record.json";
  const std::string record = read_file(file);
  write_file(file, "half", 0600);
  const Outcome list = call({"list", "-q"});
  CHECK(list.out == good.id() + "\n");
  CHECK(contains(list.err, bad.id()));
  write_file(file, record, 0600);
}

}  // namespace
}  // namespace berth::test
