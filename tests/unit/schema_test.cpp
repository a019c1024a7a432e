// Schemas of a caller's: files that name each other, drafts, what cannot be checked.
#include "spec/schema/schema.h"

#include <catch2/catch.hpp>
#include <map>

namespace berth::spec {
namespace {

using Texts = std::map<std::string, std::string>;

/// The problems of a document with a schema of these files, of which `/s/main.json` is the first.
std::string shown(const Texts& files, const std::string& document) {
  const Schema schema("/s/main.json", [&](const std::string& name) {
    const auto file = files.find(name);
    if (file == files.end()) fail(ErrorKind::System, "no file '" + name + "'");
    return file->second;
  });
  const Problems problems = schema.check(document);
  std::string text;
  for (const Problem& problem : problems.list()) {
    text += problem.pointer + ": " + problem.message + "\n";
  }
  return text;
}

std::string shown(const std::string& schema, const std::string& document) {
  return shown(Texts{{"/s/main.json", schema}}, document);
}

Error refusal(const Texts& files) {
  try {
    shown(files, "{}");
  } catch (const Error& error) {
    return error;
  }
  FAIL("it was taken");
  return {ErrorKind::Bug, ""};
}

Error refusal(const std::string& schema) { return refusal(Texts{{"/s/main.json", schema}}); }

TEST_CASE("schema: what is against it is reported at the innermost place") {
  const std::string schema = R"({"properties": {"process": {"required": ["cwd"], "properties": {
    "capabilities": {"additionalProperties": {"maxItems": 0}}}}}})";
  CHECK(shown(schema, R"({"process": {"cwd": "/", "capabilities": {"bounding": []}}})").empty());
  CHECK(shown(schema, R"({"process": {"cwd": "/", "capabilities": {"bounding": ["CAP_KILL"]}}})") ==
        "/process/capabilities/bounding: array should contain no more than 0 elements\n");
  CHECK(shown(schema, R"({"process": {}})") == "/process: missing required property 'cwd'\n");
}

TEST_CASE("schema: files that name each other, with names that stand in several of them") {
  const Texts files = {
      {"/s/main.json", R"({"properties": {"a": {"$ref": "sub/one.json#/definitions/n"},
                                          "b": {"$ref": "two.json#/definitions/n"},
                                          "c": {"$ref": "#/definitions/n"}},
                           "definitions": {"n": {"maximum": 3}}})"},
      {"/s/sub/one.json", R"({"definitions": {"n": {"allOf": [{"$ref": "#/definitions/m"},
                                                              {"$ref": "../two.json#/definitions/m"}]},
                                              "m": {"maximum": 1}}})"},
      {"/s/sub/../two.json", R"({"definitions": {"n": {"type": "string"}, "m": {"minimum": 1}}})"},
      {"/s/two.json", R"({"definitions": {"n": {"maximum": 2}, "m": {"minimum": 1}}})"}};
  CHECK(shown(files, R"({"a": 1, "b": 2, "c": 3})").empty());
  CHECK_FALSE(shown(files, R"({"a": 2})").empty());
  CHECK_FALSE(shown(files, R"({"a": 0})").empty());
  CHECK_FALSE(shown(files, R"({"b": 3})").empty());
  CHECK_FALSE(shown(files, R"({"c": 4})").empty());
}

TEST_CASE("schema: a file with an id of its own is found by its file name") {
  const Texts files = {{"/s/main.json", R"({"id": "https://example.org/main", "properties":
                           {"a": {"$ref": "defs.json#/definitions/n"}}})"},
                       {"/s/defs.json", R"({"id": "https://example.org/defs", "definitions":
                           {"n": {"$ref": "#/definitions/m"}, "m": {"type": "integer"}}})"}};
  CHECK(shown(files, R"({"a": 1})").empty());
  CHECK_FALSE(shown(files, R"({"a": "1"})").empty());
}

TEST_CASE("schema: the draft decides what a keyword means") {
  const std::string id = "http://json-schema.org/draft-0";
  CHECK_FALSE(shown(R"({"$schema": ")" + id + R"(4/schema#", "properties": {"a":
    {"maximum": 3, "exclusiveMaximum": true}}})",
                    R"({"a": 3})")
                  .empty());
  CHECK_FALSE(shown(R"({"$schema": ")" + id + R"(7/schema#", "properties": {"a":
    {"exclusiveMaximum": 3}}})",
                    R"({"a": 3})")
                  .empty());
  const Error later = refusal(R"({"$schema": "https://json-schema.org/draft/2020-12/schema"})");
  CHECK(later.kind() == ErrorKind::Unsupported);
  CHECK(later.message().find("draft-07") != std::string::npos);
}

TEST_CASE("schema: patterns and formats are checked") {
  const std::string schema = R"({"additionalProperties": {"anyOf": [
    {"pattern": "^\\d{2}$"}, {"pattern": "T", "format": "date-time"}, {"pattern": "^[0-9]+-", "format": "date"}]}})";
  CHECK(shown(schema, R"({"a": "12", "b": "2026-01-31T10:00:00Z", "c": "2026-02-28"})").empty());
  CHECK_FALSE(shown(schema, R"({"a": "1"})").empty());
  CHECK_FALSE(shown(schema, R"({"b": "2026-13-31T10:00:00Z"})").empty());
  CHECK_FALSE(shown(schema, R"({"c": "2026-02-31"})").empty());
}

TEST_CASE("schema: a pattern that berth cannot check is an error, not a document that is right") {
  try {
    shown(R"#({"properties": {"a": {"pattern": "(?=x)"}}})#", R"({"a": "x"})");
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Unsupported);
    CHECK(error.message().find("'(?=x)'") != std::string::npos);
  }
}

TEST_CASE("schema: what is not a schema is refused, with the file's name") {
  const auto says = [](const Error& error, const std::string& text) {
    CAPTURE(error.message());
    return error.kind() == ErrorKind::Config && error.message().find(text) != std::string::npos;
  };
  CHECK(says(refusal("{\n \"a\": }"), "/s/main.json:2:7: "));
  CHECK(says(refusal("[]"), "schema: "));
  CHECK(says(refusal(R"({"type": "strin"})"), "schema: "));
  CHECK(says(refusal(R"({"$ref": "#/definitions/none"})"), "/s/main.json: '$ref' names '#/defi"));
  CHECK(says(refusal(R"({"$ref": "#"})"), "leads nowhere"));
  CHECK(says(refusal(R"({"properties": {"a": {"$ref": "#/properties/b"},
                                          "b": {"$ref": "#/properties/a"}}})"),
             "leads nowhere"));
  CHECK(says(refusal(Texts{{"/s/main.json", R"({"$ref": "b.json#/x"})"}, {"/s/b.json", "{]"}}),
             "/s/b.json:1:2: "));
}

TEST_CASE("schema: nothing is fetched") {
  const Error error = refusal(R"({"$ref": "https://example.org/schema.json"})");
  CHECK(error.kind() == ErrorKind::Unsupported);
  CHECK(error.message().find("https://example.org") != std::string::npos);
}

TEST_CASE("schema: values that look like references are left alone") {
  const std::string schema = R"({"const": {"id": "x", "$ref": "nowhere.json"}})";
  CHECK(shown(schema, R"({"id": "x", "$ref": "nowhere.json"})").empty());
  CHECK_FALSE(shown(schema, R"({"$ref": "nowhere.json"})").empty());
}

TEST_CASE("schema: a document that is not JSON has no findings") {
  CHECK(shown(R"({"required": ["a"]})", "{").empty());
  CHECK(shown(R"({"required": ["a"]})", "").empty());
}

}  // namespace
}  // namespace berth::spec
