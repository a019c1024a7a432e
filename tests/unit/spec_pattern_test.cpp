#include "spec/schema/pattern.h"

#include <regex.h>

#include <catch2/catch.hpp>
#include <random>
#include <regex>

namespace berth::spec {
namespace {

/// Whether the POSIX form of the pattern is found in the text.
bool finds(const std::string& pattern, const std::string& text) {
  const auto posix = posix_pattern(pattern);
  REQUIRE(posix);
  regex_t compiled;
  CAPTURE(*posix);
  REQUIRE(::regcomp(&compiled, posix->c_str(), REG_EXTENDED | REG_NOSUB) == 0);
  const bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return found;
}

TEST_CASE("patterns: the POSIX form finds what the pattern finds") {
  const std::vector<std::string> patterns = {
      "^\\d+$",    "^\\w+$",     "\\s",        "^\\S+$",
      "^\\D\\W$",  "a\\.b",      "^[\\w.-]+$", "^[^\\]x]$",
      "[\\^]",     "[\\^\\-]",   "^[\\-a]$",   "^[-a]$",
      "^[a-]$",    "^[a\\-z]$",  "(?:a|b)*?c", "^a+?b$",
      "^a??b$",    "^a{1,2}?b$", "a\\*?b",     "^[A-Z\\/]$",
      "\\/",       "\\t|\\n",    "^[\\t\\n]$", "^[\\[.]$",
      "^[[a]$",    "^[^^]$",     "^[a^]$",     "^[\\[\\^\\]-]$",
      "^[\\s,]*$", "\\$|\\{",    "\\(\\)",     "^(/|$)",
      "^[\\\\]$",  "\\\\"};
  const std::string letters = "aabbcxzAZ019_.-^][\\/\t\n ,*+?${}()";
  std::mt19937 random(7);
  for (const std::string& pattern : patterns) {
    const std::regex expected(pattern, std::regex::ECMAScript);
    for (int i = 0; i < 400; i++) {
      std::string text;
      for (auto left = random() % 5; left > 0; left--) text += letters[random() % letters.size()];
      CAPTURE(pattern, text);
      CHECK(finds(pattern, text) == std::regex_search(text, expected));
    }
  }
}

TEST_CASE("patterns: what POSIX does not have is refused, not taken for something else") {
  for (const char* pattern : {"(?=a)", "(?!a)b", "(?<n>a)", "(a)\\1", "\\bword", "\\u0041", "[\\b]",
                              "[a", "a\\", "\\x41"}) {
    CAPTURE(pattern);
    CHECK_FALSE(posix_pattern(pattern));
  }
}

}  // namespace
}  // namespace berth::spec
