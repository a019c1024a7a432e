// A JSON document and cursors into it: typed access that knows its JSON pointer (RFC 6901), and
// says what is wrong with line and column. Strict: UTF-8, no name twice, no NUL, no null in place
// of a value, nothing after the end. What a member means is not known here: see json.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "spec/error.h"

namespace berth::spec {

class Document;

/// One value of a document, or the place of a member that is absent. Refers to its parent cursor
/// and to the document, which have to outlive it.
class Cursor {
 public:
  bool exists() const { return value_ != nullptr; }
  bool is_object() const;
  bool is_array() const;

  /// Members of an object, elements of an array; else 0.
  std::size_t size() const;
  Cursor at(std::size_t index) const;
  Cursor member(std::string_view name) const;
  /// Of a member of an object.
  std::string_view name() const { return name_; }
  std::string pointer() const;

  /// False, and nothing is read, when the value is of another type or has no room in this one.
  bool get(bool& value) const;
  bool get(std::string& value) const;
  bool get(std::int64_t& value) const;
  bool get(std::uint64_t& value) const;

  /// `found X, allowed: Y`, or `missing, required: Y`.
  void refuse(std::string_view allowed) const;
  /// The same about the name of this member.
  void refuse_name(std::string_view allowed) const;
  /// The same about what lies at `below`, a pointer without its first slash. Nothing when there, or
  /// at the member `other`, something is wrong already: that is to be mended first.
  void refuse_below(std::string_view below, std::string_view other, std::string_view allowed) const;

 private:
  friend class Document;
  Cursor(Document& document, const void* value) : document_(&document), value_(value) {}
  Cursor child(const void* value) const;
  std::string pointer_below(std::string_view below) const;

  Document* document_;
  const void* value_;  ///< rapidjson::Value
  const Cursor* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
};

/// Reports to `problems`; keeps references to both arguments.
class Document {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxProblems = 100;  ///< more are not listed

  Document(const std::string& bytes, Problems& problems);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// False: this is no JSON, and the one problem says from where on.
  bool parsed() const { return parsed_; }
  /// Only when parsed.
  Cursor root();

 private:
  friend class Cursor;
  struct Tree;

  bool check_bytes();
  void check_names(const Cursor& value);
  Problem* list(std::string pointer);
  /// Without an offset: where the pointer leads.
  void add(std::string pointer, std::string message, std::optional<std::size_t> offset = {});
  void refuse(std::string pointer, std::string_view allowed);
  bool has_problem_at(const std::string& pointer) const;

  const std::string& bytes_;
  Problems& problems_;
  std::unique_ptr<Tree> tree_;
  bool parsed_ = false;
};

}  // namespace berth::spec
