#include "tests/unit/schema_mutator.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <random>
#include <vector>

namespace berth::spec {

namespace {

using rapidjson::Value;

auto& member_of(Value& object, std::size_t index) {
  return object.MemberBegin()[static_cast<std::ptrdiff_t>(index)];
}

std::string text_of(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

bool has_multibyte(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char byte) { return (byte & 0x80) != 0; });
}

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
    std::string written = text_of(tree_);
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

}  // namespace

std::string mutated(const std::string& document, std::uint32_t seed) {
  return Mutator(document, seed).mutated();
}

std::string with_members_reversed(const std::string& document) {
  rapidjson::Document tree;
  tree.Parse(document.c_str());
  reverse_members(tree, tree.GetAllocator());
  return text_of(tree);
}

}  // namespace berth::spec
