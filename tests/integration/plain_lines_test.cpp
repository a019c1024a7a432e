// A terminal that berth relays itself: how its lines end depends on where they go.
#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Machine, "lines of a relayed terminal end plainly where no terminal shows them",
                 "[terminal][berth]") {
  Bundle bundle = new_bundle().set("/process/terminal", "true").script("echo one; echo two");
  CHECK_THAT(run(bundle), Prints("one\ntwo\n"));
}

TEST_CASE_METHOD(Machine, "lines of a terminal that another program relays end as terminals' do",
                 "[terminal]") {
  Bundle bundle = new_bundle().set("/process/terminal", "true").script("stty -a; echo done");
  ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  box.create({"--console-socket", place() + "/console"});
  const sys::Fd master = console.receive_master();
  box.start();
  const std::string text = read_until(master, "done\n");
  CHECK(contains(text, " onlcr"));
  CHECK_FALSE(contains(text, "-onlcr"));
}

}  // namespace
}  // namespace berth::test
