// The reader and the JSON Schema say the same of any document, or the reader says why it knows
// better: mutations of valid documents, from a seed, go through both.
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <set>

#include "spec/config_describe.h"
#include "spec/json.h"
#include "spec/names.h"
#include "spec/read_config.h"
#include "spec/reader.h"
#include "spec/schema.h"
#include "tests/unit/schema_documents.h"

namespace berth::spec {
namespace {

using rapidjson::Value;

auto& member_of(Value& object, std::size_t index) {
  return object.MemberBegin()[static_cast<std::ptrdiff_t>(index)];
}

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

// ---- mutations ------------------------------------------------------------------------------

/// What a value may be replaced with: borders of the rules, and things of another type. `@half@` is
/// half a surrogate pair, once it is written.
constexpr const char* kValues[] = {
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "7",
    "8",
    "100",
    "101",
    "-20",
    "-21",
    "512",
    "65535",
    "65536",
    "999999999",
    "1000000000",
    "4294967294",
    "4294967295",
    "4294967296",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "1.0",
    "1.5",
    "1e2",
    "-0",
    R"("")",
    R"("/")",
    R"("x")",
    R"(".")",
    R"("..")",
    R"("a b")",
    R"("a/b")",
    R"("a\nb")",
    R"("a:b")",
    R"("\u0000")",
    R"("=")",
    R"("==")",
    R"("A=B")",
    R"("é=")",
    R"("@half@")",
    R"("1.3.0")",
    R"("1.0")",
    R"("2.0.0")",
    R"("01.0.0")",
    R"("1.0.0-01")",
    R"("1.0.0-0a.1+01")",
    R"("1.0.0+")",
    R"("0-3,6")",
    R"("0-a")",
    R"("2MB")",
    R"("02MB")",
    R"("0KB")",
    R"("MB:0=1")",
    R"("rw")",
    R"("rwx")",
    R"("sixteen-bytes-xx")",
    R"("fifteen-bytes-x")",
    R"("éééééééé")",
    R"("SCMP_ACT_ALLOW")",
    R"("MPOL_PREFERRED")",
    R"("MPOL_DEFAULT")",
    R"("p")",
    R"("pid network")",
    R"("0123456789012345678901234567890123456789012345678901234567890123")",
    R"("01234567890123456789012345678901234567890123456789012345678901234")",
    R"("ééééééééééééééééééééééééééééééééé")",
    "[]",
    "{}",
    "[0]",
    R"([""])",
    R"(["x"])",
    "[[]]",
    R"({"":""})",
    R"({"a":1})",
    R"({"monotonic":{}})",
    R"([{"type":"pid"},{"type":"pid"}])"};

/// Names that a member may get: borders of the rules for names.
constexpr const char* kNames[] = {
    "",         "x",     ".",     "a/b",         "a b",     "~", "sixteen-bytes-xx",
    "éééééééé", "major", "nodes", "uidMappings", "errnoRet"};

class Mutator {
 public:
  Mutator(const std::string& document, std::uint32_t seed) : random_(seed) {
    tree_.Parse(document.c_str());
  }

  std::string mutated() {
    for (std::size_t left = 1 + below(2); left > 0; left--) {
      nodes_.clear();
      collect(tree_);
      mutate(*nodes_[below(nodes_.size())]);
    }
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    tree_.Accept(writer);
    std::string written(buffer.GetString(), buffer.GetSize());
    const std::string half = "@half@";
    for (std::size_t at; (at = written.find(half)) != std::string::npos;) {
      written.replace(at, half.size(), "\\udc00");
    }
    return written;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  void collect(Value& value) {
    nodes_.push_back(&value);
    if (value.IsArray()) {
      for (Value& element : value.GetArray()) collect(element);
    } else if (value.IsObject()) {
      for (std::size_t i = 0; i < value.MemberCount(); i++) collect(member_of(value, i).value);
    }
  }

  Value text(const std::string& text) {
    return Value(text.data(), static_cast<rapidjson::SizeType>(text.size()), tree_.GetAllocator());
  }

  void replace(Value& value) {
    rapidjson::Document other(&tree_.GetAllocator());
    other.Parse(kValues[below(std::size(kValues))]);
    static_cast<Value&>(other).Swap(value);
  }

  void change_text(Value& value) {
    std::string changed(value.GetString(), value.GetStringLength());
    const std::size_t at = below(changed.size() + 1);
    if (has_multibyte(changed)) {
      changed += changed;  // a part of it could be no text
    } else if (at == changed.size() || below(2) == 0) {
      changed.insert(at, 1, "/=x.0 \n"[below(7)]);
    } else {
      changed.erase(at, 1);
    }
    value = text(changed);
  }

  void change_array(Value& array) {
    const auto at = static_cast<rapidjson::SizeType>(below(array.Size() + 1));
    if (at == array.Size() || below(2) == 0) {
      Value copy(*nodes_[below(nodes_.size())], tree_.GetAllocator());
      array.PushBack(copy, tree_.GetAllocator());
    } else if (below(2) == 0) {
      Value copy(array[at], tree_.GetAllocator());
      array.PushBack(copy, tree_.GetAllocator());
    } else {
      array.Erase(&array[at]);
    }
  }

  void change_object(Value& object) {
    const std::string name = kNames[below(std::size(kNames))];
    if (object.ObjectEmpty() || below(6) == 0) {
      Value any(*nodes_[below(nodes_.size())], tree_.GetAllocator());
      object.AddMember(text(name), any, tree_.GetAllocator());
      return;
    }
    const auto at = object.MemberBegin() + static_cast<std::ptrdiff_t>(below(object.MemberCount()));
    switch (below(6)) {
      case 0:
        at->name = text(name);
        break;
      case 1: {
        Value again(at->name, tree_.GetAllocator()), value(at->value, tree_.GetAllocator());
        object.AddMember(again, value, tree_.GetAllocator());
        break;
      }
      default:
        object.EraseMember(at);
    }
  }

  void mutate(Value& value) {
    const bool in_kind = below(3) > 0;
    if (in_kind && value.IsString()) return change_text(value);
    if (in_kind && value.IsArray()) return change_array(value);
    if (in_kind && value.IsObject()) return change_object(value);
    if (in_kind && value.IsInt()) {
      value.SetInt64(std::int64_t{value.GetInt()} + static_cast<std::int64_t>(below(3)) - 1);
      return;
    }
    if (below(4) > 0) return replace(value);
    Value copy(*nodes_[below(nodes_.size())], tree_.GetAllocator());
    copy.Swap(value);
  }

  rapidjson::Document tree_;
  std::vector<Value*> nodes_;
  std::mt19937 random_;
};

// ---- the tests ------------------------------------------------------------------------------

struct Verdicts {
  Problems reader, schema;

  bool reader_alone_may_refuse() const {
    return std::all_of(reader.list().begin(), reader.list().end(), reader_only);
  }
};

Verdicts judge(const std::string& document, const ConfigSchema& schema) {
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
  const ConfigSchema schema;
  for (const std::string& document : valid_documents()) {
    const Verdicts verdicts = judge(document, schema);
    CAPTURE(document, shown(verdicts.reader), shown(verdicts.schema));
    CHECK(verdicts.reader.empty());
    CHECK(verdicts.schema.empty());
  }
}

/// The visitor that notes the names of all properties of a struct and of those in it.
class AllNames {
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
  template <class... Arguments>
  void check(const Arguments&...) {}
  template <class... Arguments>
  void unique(const Arguments&...) {}

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
  std::string all;
  for (const std::string& document : valid_documents()) all += document;
  Config config;
  AllNames properties;
  properties.visit(config);
  CHECK(properties.names.size() > 140);
  for (const std::string& name : properties.names) {
    CAPTURE(name);
    CHECK(all.find("\"" + name + "\":") != std::string::npos);
    CHECK(config_schema_text().find("\"" + name + "\":") != std::string_view::npos);
  }
}

TEST_CASE("VV-1 RT-CREATE-6: reader and schema agree about 12000 mutations") {
  constexpr std::size_t kMutations = 12000;
  const ConfigSchema schema;
  const std::vector<std::string> documents = valid_documents();
  std::set<const ReaderOnly*> used;
  std::size_t both_take = 0, both_refuse = 0, reader_refuses = 0;
  for (std::uint32_t seed = 0; seed < kMutations; seed++) {
    const std::string document = Mutator(documents[seed % documents.size()], seed).mutated();
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
  const ConfigSchema schema;
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

/// The same document with the members of each object in the opposite order.
void reverse_members(Value& value, rapidjson::Document::AllocatorType& allocator) {
  if (value.IsArray()) {
    for (Value& element : value.GetArray()) reverse_members(element, allocator);
  } else if (value.IsObject()) {
    Value reversed(rapidjson::kObjectType);
    for (std::size_t i = value.MemberCount(); i-- > 0;) {
      reverse_members(member_of(value, i).value, allocator);
      reversed.AddMember(member_of(value, i).name, member_of(value, i).value, allocator);
    }
    value = reversed;
  }
}

TEST_CASE("GL-3: the order of members says nothing") {
  for (const std::string& document : valid_documents()) {
    rapidjson::Document tree;
    tree.Parse(document.c_str());
    reverse_members(tree, tree.GetAllocator());
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    tree.Accept(writer);
    Problems problems;
    const Config one = read_config(document, problems);
    const Config other = read_config(buffer.GetString(), problems);
    CHECK(problems.empty());
    CHECK(to_json(one) == to_json(other));
  }
}

TEST_CASE("a schema check ends for long strings, too") {
  const ConfigSchema schema;
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
