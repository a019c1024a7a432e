// Which process is the container's first, in whatever order the messages come.
#include "runtime/launch/succession.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

namespace berth::launch {
namespace {

constexpr pid_t kInit = 10, kSetup = 20, kChild = 30;

struct Sent {
  int number;  ///< in the order in which a sender sends
  pid_t sender, made;
};

/// A process sends nothing before it is made, but init may report that later.
bool is_possible(const Sent& one, const Sent& later) {
  if (one.sender == kChild && later.sender == kSetup) return false;
  return one.sender != later.sender || one.number < later.number;
}

/// Calls `use` with each order in which these messages can come.
template <class Use>
void for_each_order(std::vector<Sent> sent, Use use) {
  const auto by_number = [](const Sent& one, const Sent& other) {
    return one.number < other.number;
  };
  std::sort(sent.begin(), sent.end(), by_number);
  do {
    bool is_order = true;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      for (std::size_t j = i + 1; j < sent.size(); ++j) {
        is_order = is_order && is_possible(sent[i], sent[j]);
      }
    }
    if (is_order) use(sent);
  } while (std::next_permutation(sent.begin(), sent.end(), by_number));
}

TEST_CASE("the child of init is the first process, whether its message or the report comes first") {
  for_each_order({{0, kInit, kChild}, {1, kChild, 0}, {2, kChild, 0}}, [](const auto& sent) {
    Succession succession(kInit);
    for (const Sent& one : sent) succession.learn(one.sender, one.made);
    CHECK(succession.child() == kChild);
    CHECK(succession.setup() == 0);
  });
}

TEST_CASE(
    "in a joined pid namespace the fork is the first process, however late its maker is reported") {
  const std::vector<Sent> silent = {{1, kInit, kSetup}, {2, kChild, 0}, {3, kChild, 0}};
  std::vector<Sent> speaking = silent;  // the setup process was at a sync point before its fork
  speaking.push_back({0, kSetup, 0});
  int orders = 0;
  for (const auto& all : {silent, speaking}) {
    for_each_order(all, [&](const auto& sent) {
      Succession succession(kInit);
      for (const Sent& one : sent) succession.learn(one.sender, one.made);
      CHECK(succession.child() == kChild);
      CHECK(succession.setup() == kSetup);
      ++orders;
    });
  }
  CHECK(orders == 3 + 4);
}

TEST_CASE("a fourth process is a bug") {
  Succession succession(kInit);
  succession.learn(kInit, kSetup);
  succession.learn(kChild, 0);
  CHECK_THROWS_WITH(succession.learn(40, 0), Catch::Contains("third process"));
}

TEST_CASE("only init reports another process") {
  Succession succession(kInit);
  succession.learn(kInit, kSetup);
  CHECK_THROWS_WITH(succession.learn(kSetup, kChild), Catch::Contains("has made another"));
}

}  // namespace
}  // namespace berth::launch
