// A JSON document and cursors into it: typed access that knows its JSON pointer (RFC 6901). It is
// strict: UTF-8, unique names, no NUL, nothing after the end. json.h knows what the members mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "spec/error.h"

namespace berth::spec {

class Document;

/// A value of a document, or the place of an absent member. It refers to its parent cursor and to
/// the document, which must outlive it.
class Cursor {
 public:
  bool exists() const { return value_ != nullptr; }
  bool is_object() const;
  bool is_array() const;
  bool is_null() const;
  /// Whether the member is missing, or is a null that counts as absent.
  bool is_absent() const;

  /// The number of members or elements; 0 for other values.
  std::size_t size() const;
  Cursor at(std::size_t index) const;
  Cursor member(std::string_view name) const;
  /// As member(), but looks first at the index `next`, which it sets behind what it found: berth's
  /// own documents have their members in the order in which it reads them.
  Cursor member(std::string_view name, std::size_t& next) const;
  /// The member's name; empty for array elements and the root.
  std::string_view name() const { return name_; }
  std::string pointer() const;

  /// Returns false and leaves `value` unchanged if the value has another type or does not fit.
  bool get(std::string& value) const;
  template <class T>  // bool, std::int64_t or std::uint64_t
  bool get(T& value) const;
  /// Whether a string of the document has neither NUL nor half surrogate pairs, which only escapes
  /// can bring.
  bool is_plain(std::string_view text) const;

  /// Reports the problem `found X, allowed: Y`, or `missing, required: Y`; locate() completes it.
  void refuse(std::string_view allowed) const;
  /// As refuse(), but about the member's name.
  void refuse_name(std::string_view allowed) const;
  /// As refuse(), but about the value at `below`, a pointer without its first slash. It reports
  /// nothing if that value or the member `other` has a problem already, which has to be corrected
  /// first.
  void refuse_below(std::string_view below, std::string_view other, std::string_view allowed) const;

 private:
  friend class Document;
  Cursor(Document& document, const void* value, const Cursor* parent = nullptr,
         std::string_view name = {}, std::size_t index = 0)
      : document_(&document), value_(value), parent_(parent), name_(name), index_(index) {}
  std::string pointer_below(std::string_view below) const;

  Document* document_;
  const void* value_;  ///< rapidjson::Value
  const Cursor* parent_;
  std::string_view name_;
  std::size_t index_;
};

/// How null is treated as the value of an optional property.
enum class Null { refused, absent };

/// A parsed document. It reports to `problems` and keeps references to both arguments.
class Document {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
  static constexpr std::size_t kMaxDepth = 64;

  Document(const std::string& bytes, Problems& problems, Null null = Null::refused);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// False if the text is not JSON; the one problem then gives the position of the error.
  bool parsed() const { return parsed_; }
  /// The root value; requires parsed().
  Cursor root();

 private:
  friend class Cursor;
  struct Tree;

  bool check_bytes();
  void refuse_bytes(std::size_t offset, std::string_view found);
  void check_names(const Cursor& value);
  void check_own_names(const Cursor& object);
  void add_at(std::size_t offset, std::string message);

  const std::string& bytes_;
  Problems& problems_;
  Null null_;
  std::unique_ptr<Tree> tree_;
  bool has_escapes_;
  bool parsed_ = false;
};

}  // namespace berth::spec
