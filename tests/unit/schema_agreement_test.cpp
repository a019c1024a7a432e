// The reader and the JSON Schema say the same of any document, or the reader says why it knows
// better: mutations of valid documents, from a seed, go through both.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <set>

#include "spec/config/config.h"
#include "spec/config/read_config.h"
#include "spec/json/json.h"
#include "spec/json/reader.h"
#include "spec/schema/config_schema.h"
#include "spec/schema/schema.h"
#include "tests/unit/schema_documents.h"
#include "tests/unit/schema_mutator.h"

namespace berth::spec {
namespace {

// ---- what a JSON Schema cannot say ----------------------------------------------------------

/// A rule of the reader that no schema can have, by what the reader says when it is broken.
struct ReaderOnly {
  const char* rule;
  bool (*is_broken)(const std::string& message);
};

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

bool has_multibyte(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char byte) { return (byte & 0x80) != 0; });
}

/// `found 9223372036854775808, allowed: an integer …`: 2^63 or more, in digits alone.
bool is_upper_half(const std::string& message) {
  const std::string digits = message.substr(6, message.find_first_not_of("0123456789", 6) - 6);
  return holds(message, "allowed: an integer") && message[6 + digits.size()] == ',' &&
         (digits.size() > 19 || (digits.size() == 19 && digits > "9223372036854775807"));
}

constexpr ReaderOnly kReaderOnly[] = {
    {"a name only once in an object: parsers have taken one of the values by then",
     [](const std::string& message) { return holds(message, "allowed: each name once"); }},
    {"a type only once in an array: uniqueItems compares whole elements",
     [](const std::string& message) { return holds(message, "each one only once"); }},
    {"a number at most as large as another one: a schema compares with constants",
     [](const std::string& message) {
       return holds(message, "at most 'hard'") || holds(message, "at most 'quota'");
     }},
    {"a first id and a size that end at the last id: a schema does not add",
     [](const std::string& message) { return holds(message, "up to the last id"); }},
    {"no null in a map: the schema is asked without the members that are null",
     [](const std::string& message) { return holds(message, "found null, allowed:"); }},
    {"a length in bytes: maxLength counts characters",
     [](const std::string& message) {
       return holds(message, " bytes") && has_multibyte(message.substr(0, message.rfind(", all")));
     }},
    {"no NUL and no half surrogate pair in any string",
     [](const std::string& message) { return holds(message, "\\u0000 and half surrogate"); }},
    {"signed numbers of 64 bits exactly: schemas have floating-point limits", is_upper_half},
};

const ReaderOnly* reader_only(const Problem& problem) {
  const auto* const row =
      std::find_if(std::begin(kReaderOnly), std::end(kReaderOnly),
                   [&](const ReaderOnly& rule) { return rule.is_broken(problem.message); });
  return row == std::end(kReaderOnly) ? nullptr : row;
}

// ---- the tests ------------------------------------------------------------------------------

struct OurSchema : Schema {
  OurSchema() : Schema("config.schema.json", [](const auto&) { return config_schema(); }) {}
};

struct Verdicts {
  Problems reader, schema;

  bool reader_alone_may_refuse() const {
    return std::all_of(reader.list().begin(), reader.list().end(), reader_only);
  }
};

Verdicts judge(const std::string& document, const Schema& schema) {
  Verdicts verdicts;
  (void)read_config(document, verdicts.reader);
  verdicts.schema = schema.check(document);
  return verdicts;
}

std::string shown(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems.list()) {
    text += problem.pointer + ": " + problem.message + "\n";
  }
  return text;
}

TEST_CASE("reader and schema take the same documents") {
  const OurSchema schema;
  for (const std::string& document : valid_documents()) {
    const Verdicts verdicts = judge(document, schema);
    CAPTURE(document, shown(verdicts.reader), shown(verdicts.schema));
    CHECK(verdicts.reader.empty());
    CHECK(verdicts.schema.empty());
  }
}

/// The visitor that notes the names of all properties of a struct and of those in it.
class AllNames : public WithoutChecks {
 public:
  template <class T, class Rule = Any>
  void required(std::string_view name, T& field, const Rule& = {}) {
    names.emplace(name);
    visit(field);
  }
  template <class T, class Rule = Any>
  void optional(std::string_view name, T& field, const Rule& = {}) {
    required(name, field);
  }

  template <class T>
  void visit(T& field) {
    if constexpr (IsOptional<T>::value) {
      visit(field.emplace());
    } else if constexpr (IsArray<T>::value) {
      typename T::value_type element{};
      visit(element);
    } else if constexpr (IsMap<T>::value) {
      typename T::mapped_type element{};
      visit(element);
    } else if constexpr (!Scalar<T>) {
      describe(*this, field);
    }
  }

  std::set<std::string> names;
};

TEST_CASE("the documents have every property, and so has the schema") {
  const std::string schema = config_schema();
  std::string all;
  for (const std::string& document : valid_documents()) all += document;
  Config config;
  AllNames properties;
  properties.visit(config);
  CHECK(properties.names.size() > 140);
  for (const std::string& name : properties.names) {
    CAPTURE(name);
    CHECK(all.find("\"" + name + "\":") != std::string::npos);
    CHECK(schema.find("\"" + name + "\": {") != std::string::npos);
  }
}

TEST_CASE("VV-1 RT-CREATE-6: reader and schema agree about 12000 mutations") {
  constexpr std::size_t kMutations = 12000;
  const OurSchema schema;
  const std::vector<std::string> documents = valid_documents();
  std::set<const ReaderOnly*> used;
  std::size_t both_take = 0, both_refuse = 0, reader_refuses = 0;
  for (std::uint32_t seed = 0; seed < kMutations; seed++) {
    const std::string document = mutated(documents[seed % documents.size()], seed);
    const Verdicts verdicts = judge(document, schema);
    const bool same = verdicts.reader.empty() == verdicts.schema.empty();
    const bool may_differ = !verdicts.reader.empty() && verdicts.reader_alone_may_refuse();
    for (const Problem& problem : verdicts.reader.list()) used.insert(reader_only(problem));
    (verdicts.reader.empty() ? both_take : same ? both_refuse : reader_refuses)++;
    if (same || may_differ) continue;
    CAPTURE(seed, document, shown(verdicts.reader), shown(verdicts.schema));
    FAIL_CHECK("one takes what the other refuses");
  }
  CAPTURE(both_take, both_refuse, reader_refuses);
  CHECK(both_take > kMutations / 10);
  CHECK(both_refuse > kMutations / 3);
  for (const ReaderOnly& rule : kReaderOnly) {
    CAPTURE(rule.rule);
    CHECK(used.count(&rule) == 1);
  }
}

TEST_CASE("GL-1 VV-1: damaged bytes are refused or read, and the schema is not asked about them") {
  const OurSchema schema;
  const std::vector<std::string> documents = valid_documents();
  std::mt19937 random(1);
  for (int i = 0; i < 3000; i++) {
    std::string document = documents[random() % documents.size()];
    for (int left = 3; left > 0; left--) {
      document[random() % document.size()] = static_cast<char>(random() % 256);
    }
    if (random() % 4 == 0) document.resize(random() % document.size());
    Problems problems;
    const bool is_json = Document(document, problems).parsed();
    CHECK((is_json || !problems.empty()));
    if (!is_json) continue;
    const Verdicts verdicts = judge(document, schema);
    CAPTURE(document, shown(verdicts.reader), shown(verdicts.schema));
    CHECK(
        (verdicts.reader.empty() == verdicts.schema.empty() || verdicts.reader_alone_may_refuse()));
  }
}

TEST_CASE("GL-3: the order of members says nothing") {
  for (const std::string& document : valid_documents()) {
    Problems problems;
    const Config one = read_config(document, problems);
    const Config other = read_config(with_members_reversed(document), problems);
    CHECK(problems.empty());
    CHECK(to_json(one) == to_json(other));
  }
}

TEST_CASE("a schema check ends for long strings, too") {
  const OurSchema schema;
  const std::string longest(4u << 20, '1');
  for (const std::string& fragment :
       {"\"hostname\":\"" + longest + "\"", "\"process\":{\"cwd\":\"" + longest + "\"}",
        "\"linux\":{\"memoryPolicy\":{\"nodes\":\"" + longest + "\"}}",
        "\"process\":{\"env\":[\"" + longest + "\"]}"}) {
    std::string document = R"({"ociVersion":"1.0.)" + longest + R"(-rc","root":{"path":"r"},)";
    document.append(fragment).append("}");
    CHECK_FALSE(schema.check(document).empty());
  }
}

}  // namespace
}  // namespace berth::spec
