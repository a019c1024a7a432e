// A parsed command line, or its refusal.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>

#include "runtime/cli/parse.h"
#include "runtime/cli/verbs.h"
#include "runtime/compile/request.h"
#include "runtime/container/verbs/create.h"
#include "spec/error.h"

namespace berth::cli {

using Words = std::vector<std::string>;

struct Parsed : Call {
  std::unique_ptr<Options> options;

  std::string_view name() const { return verb == nullptr ? "" : verb->name; }
  /// What the verb is handed to.
  template <class Type>
  const Type& as() const {
    return dynamic_cast<const Type&>(*options);
  }
  const container::CreateOptions& creation() const { return as<container::CreateOptions>(); }
  const plan::Request& request() const { return as<plan::Request>(); }
  // The target of a flag that no other room knows.
  bool truth_of(std::string_view flag) const { return std::get<0>(row(flag).target)(*options); }
  std::string value_of(std::string_view flag) const {
    return std::get<1>(row(flag).target)(*options);
  }
  Words words_of(std::string_view flag) const { return std::get<3>(row(flag).target)(*options); }

 private:
  const Flag& row(std::string_view flag) const {
    const auto found = std::find_if(verb->flags.begin(), verb->flags.end(),
                                    [=](const Flag& each) { return each.name() == flag; });
    REQUIRE(found != verb->flags.end());
    return *found;
  }
};

inline Parsed parsed(const Words& words) {
  Parsed parsed;
  parsed.options = parse(words, parsed);
  return parsed;
}

struct Refusal {
  ErrorKind kind = ErrorKind::Bug;
  std::string origin, message;
  Call call;
};

inline Refusal refusal(const Words& words) {
  Refusal refusal;
  try {
    parse(words, refusal.call);
  } catch (const Error& error) {
    refusal.kind = error.kind();
    refusal.origin = error.origin();
    refusal.message = error.message();
  }
  return refusal;
}

}  // namespace berth::cli
