// A JSON document and cursors into it: typed access that knows its JSON pointer (RFC 6901), and
// says what is wrong with line and column. Strict: UTF-8, no name twice, no NUL, nothing after the
// end. What a member means is not known here: see json.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
  bool is_null() const;
  /// Not there, or null where the document may have that instead.
  bool is_absent() const;

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

/// What null is, in place of the value of a property that need not be there.
enum class Null { refused, absent };

/// Reports to `problems`; keeps references to the bytes and to them.
class Document {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
  static constexpr std::size_t kMaxDepth = 64;

  Document(const std::string& bytes, Problems& problems, Null null = Null::refused);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// False: this is no JSON, and the one problem says from where on.
  bool parsed() const { return parsed_; }
  /// Only when parsed.
  Cursor root();

  /// Says what was found where something was refused, for all with one walk over the text: before
  /// that those problems have no words. None of them may have been removed by then.
  void finish();

 private:
  friend class Cursor;
  struct Tree;

  bool check_bytes();
  void check_names(const Cursor& value);
  void add_at(std::size_t offset, std::string message);
  void refuse(std::string pointer, std::string_view allowed);
  bool has_problem_at(const std::string& pointer) const;

  const std::string& bytes_;
  Problems& problems_;
  Null null_;
  std::vector<std::size_t> refused_;  ///< those problems, by index
  std::unique_ptr<Tree> tree_;
  bool parsed_ = false;
};

}  // namespace berth::spec
