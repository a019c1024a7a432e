// Fragments of config.json in an otherwise valid document, for the tests of its rules.
#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "spec/config/read_config.h"

namespace berth::spec {

/// Around a fragment, which then is line 2 of a valid config but for its own mistake.
struct Frame {
  std::string before, after;
};
inline const std::string kTopBefore = R"({"ociVersion":"1.3.0","root":{"path":"r"},)";
inline const Frame kWhole{"\n", "\n"};
inline const Frame kTop{kTopBefore + "\n", "\n}"};
inline const Frame kProcess{kTopBefore + R"("process":{"cwd":"/","args":["x"],)" + "\n", "\n}}"};
inline const Frame kLinux{kTopBefore + R"("linux":{)" + "\n", "\n}}"};
inline const Frame kResources{kTopBefore + R"("linux":{"resources":{)" + "\n", "\n}}}"};
inline const Frame kSeccomp{
    kTopBefore + R"("linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW",)" + "\n", "\n}}}"};

/// A fragment with one mistake: where a `^` stands is the position of the problem.
struct Mistake {
  const char* id;
  const Frame& frame;
  std::string fragment;
  std::string pointer;
  std::string word;  ///< of the message
};

inline void check_mistakes(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    INFO(mistake.id << ": " << mistake.fragment);
    std::string fragment = mistake.fragment;
    const std::size_t mark = fragment.find('^');
    REQUIRE(mark != std::string::npos);
    fragment.erase(mark, 1);
    Problems problems;
    (void)read_config(mistake.frame.before + fragment + mistake.frame.after, problems);
    REQUIRE(problems.list().size() == 1);
    const Problem& problem = problems.list()[0];
    CHECK(problem.kind == ErrorKind::Config);
    CHECK(problem.pointer == mistake.pointer);
    CHECK(problem.line == 2);
    CHECK(problem.column == static_cast<int>(mark) + 1);
    CHECK_THAT(problem.message, Catch::Contains(mistake.word));
  }
}

inline Config read(const std::string& bytes) {
  Problems problems;
  Config config = read_config(bytes, problems);
  for (const Problem& problem : problems.list()) {
    FAIL_CHECK(problem.pointer << ": " << problem.message);
  }
  return config;
}

inline Config read(const Frame& frame, const std::string& fragment) {
  INFO(fragment);
  return read(frame.before + fragment + frame.after);
}

}  // namespace berth::spec
