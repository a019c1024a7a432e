#include "tests/integration/harness/json.h"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <catch2/catch.hpp>

namespace berth::test::json {

namespace {

rapidjson::Document parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str());
  INFO(text);
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

template <typename Writer>
std::string serialize(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

const rapidjson::Value* value_at(const rapidjson::Document& document, const std::string& pointer) {
  return rapidjson::Pointer(pointer.c_str()).Get(document);
}

}  // namespace

std::optional<std::string> find(const std::string& document, const std::string& pointer) {
  const rapidjson::Document parsed = parse(document);
  const rapidjson::Value* value = value_at(parsed, pointer);
  if (value == nullptr) return std::nullopt;
  if (value->IsString()) return std::string(value->GetString(), value->GetStringLength());
  return serialize<rapidjson::Writer<rapidjson::StringBuffer>>(*value);
}

std::string get(const std::string& document, const std::string& pointer) {
  const std::optional<std::string> value = find(document, pointer);
  INFO(pointer << " of " << document);
  REQUIRE(value.has_value());
  return *value;
}

std::size_t size_of(const std::string& document, const std::string& pointer) {
  const rapidjson::Document parsed = parse(document);
  const rapidjson::Value* value = value_at(parsed, pointer);
  INFO(pointer << " of " << document);
  REQUIRE(value != nullptr);
  if (value->IsObject()) return value->MemberCount();
  return value->IsArray() ? value->Size() : 0;
}

std::string set(const std::string& document, const std::string& pointer, const std::string& value) {
  rapidjson::Document parsed = parse(document);
  rapidjson::Document added = parse(value);
  rapidjson::Value copy(added, parsed.GetAllocator());
  rapidjson::Pointer(pointer.c_str()).Set(parsed, copy);
  return serialize<rapidjson::PrettyWriter<rapidjson::StringBuffer>>(parsed);
}

std::string erase(const std::string& document, const std::string& pointer) {
  rapidjson::Document parsed = parse(document);
  INFO(pointer);
  REQUIRE(rapidjson::Pointer(pointer.c_str()).Erase(parsed));
  return serialize<rapidjson::PrettyWriter<rapidjson::StringBuffer>>(parsed);
}

std::string quote(std::string_view text) {
  rapidjson::Value value(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return serialize<rapidjson::Writer<rapidjson::StringBuffer>>(value);
}

std::string list(const std::vector<std::string>& texts) {
  std::string array;
  for (const std::string& text : texts) array += (array.empty() ? "" : ",") + quote(text);
  return "[" + array + "]";
}

}  // namespace berth::test::json
