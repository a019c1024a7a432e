#include "spec/json/reader.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "spec/json/json.h"
#include "spec/json/locate.h"
#include "spec/json/memory.h"
#include "spec/json/utf8.h"
#include "spec/pointer.h"

namespace berth::spec {

namespace {

using JsonPool = rapidjson::MemoryPoolAllocator<JsonMemory>;
using JsonDocument = rapidjson::GenericDocument<rapidjson::UTF8<>, JsonPool, JsonMemory>;
using JsonReader = rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, JsonMemory>;
using JsonValue = JsonDocument::ValueType;

/// Ends the parse at a bracket that is nested too deep, because RapidJSON recurses without a limit.
/// The reader calls these handlers instead of those that they hide.
class ShallowDocument : public JsonDocument {
 public:
  using JsonDocument::JsonDocument;

  bool StartObject() { return depth_++ < Document::kMaxDepth && JsonDocument::StartObject(); }
  bool StartArray() { return depth_++ < Document::kMaxDepth && JsonDocument::StartArray(); }
  bool EndObject(rapidjson::SizeType members) {
    depth_--;
    return JsonDocument::EndObject(members);
  }
  bool EndArray(rapidjson::SizeType elements) {
    depth_--;
    return JsonDocument::EndArray(elements);
  }

 private:
  std::size_t depth_ = 0;
};

const JsonValue& json(const void* value) { return *static_cast<const JsonValue*>(value); }

std::string_view text_of(const JsonValue& value) {
  return {value.GetString(), value.GetStringLength()};
}

/// The value of a member or element. Most are no containers, and check_names() makes no cursor for
/// those.
const JsonValue& inner_of(const JsonValue& container, std::size_t index) {
  return container.IsObject() ? container.MemberBegin()[static_cast<std::ptrdiff_t>(index)].value
                              : container[static_cast<rapidjson::SizeType>(index)];
}

/// Comparing a few names is quicker than sorting them, and duplicates are rare.
bool may_repeat(const std::vector<std::string_view>& names) {
  constexpr std::size_t kFew = 12;
  if (names.size() > kFew) return true;
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(names.begin(), name, *name) != name) return true;
  }
  return false;
}

}  // namespace

// ---- Cursor ---------------------------------------------------------------------------------

bool Cursor::is_object() const { return json(value_).IsObject(); }
bool Cursor::is_array() const { return json(value_).IsArray(); }
bool Cursor::is_null() const { return json(value_).IsNull(); }

bool Cursor::is_absent() const {
  return !exists() || (document_->null_ == Null::absent && is_null());
}

std::size_t Cursor::size() const {
  if (is_object()) return json(value_).MemberCount();
  return is_array() ? json(value_).Size() : 0;
}

Cursor Cursor::at(std::size_t index) const {
  if (is_object()) {
    const auto& member = json(value_).MemberBegin()[static_cast<std::ptrdiff_t>(index)];
    return {*document_, &member.value, this, text_of(member.name)};
  }
  return {*document_, &json(value_)[static_cast<rapidjson::SizeType>(index)], this, {}, index};
}

Cursor Cursor::member(std::string_view name) const {
  const JsonValue key(rapidjson::StringRef(name.data(), name.size()));
  const auto found = json(value_).FindMember(key);
  const bool exists = found != json(value_).MemberEnd();
  return {*document_, exists ? &found->value : nullptr, this, name};
}

Cursor Cursor::member(std::string_view name, std::size_t& next) const {
  const JsonValue& object = json(value_);
  const auto begin = object.MemberBegin();
  const auto place = static_cast<std::ptrdiff_t>(next);
  if (next == object.MemberCount() || text_of(begin[place].name) != name) {
    const JsonValue key(rapidjson::StringRef(name.data(), name.size()));
    const auto found = object.FindMember(key);
    if (found == object.MemberEnd()) return {*document_, nullptr, this, name};
    next = static_cast<std::size_t>(found - begin);
  }
  return {*document_, &begin[static_cast<std::ptrdiff_t>(next++)].value, this, name};
}

std::string Cursor::pointer() const {
  if (parent_ == nullptr) return {};
  const std::string token = parent_->is_object() ? pointer_token(name_) : std::to_string(index_);
  return parent_->pointer() + "/" + token;
}

std::string Cursor::pointer_below(std::string_view below) const {
  return below.empty() ? pointer() : (pointer() + "/").append(below);
}

bool Cursor::get(std::string& value) const {
  if (!json(value_).IsString()) return false;
  value = text_of(json(value_));
  return true;
}

bool Cursor::is_plain(std::string_view text) const {
  return !document_->has_escapes_ || is_plain_text(text);
}

template <class T>
bool Cursor::get(T& value) const {
  if (!json(value_).Is<T>()) return false;
  value = json(value_).Get<T>();
  return true;
}
template bool Cursor::get(bool&) const;
template bool Cursor::get(std::int64_t&) const;
template bool Cursor::get(std::uint64_t&) const;

void Cursor::refuse(std::string_view allowed) const {
  document_->problems_.add(
      {.pointer = pointer(), .message = std::string(allowed), .is_refusal = true});
}

void Cursor::refuse_name(std::string_view allowed) const {
  document_->problems_.add(pointer(), "found the name " + shown(json_quote(name_)) +
                                          ", allowed: " + std::string(allowed));
}

void Cursor::refuse_below(std::string_view below, std::string_view other,
                          std::string_view allowed) const {
  Problems& problems = document_->problems_;
  std::string at = pointer_below(below);
  if (problems.concern(at) || problems.concern(pointer_below(other))) return;
  problems.add({.pointer = std::move(at), .message = std::string(allowed), .is_refusal = true});
}

// ---- Document -------------------------------------------------------------------------------

struct Document::Tree {
  /// A value takes 16 bytes, a member 32: about twice as much as their text, and half as much of
  /// the stack, which has one level of the tree at a time. More is allocated when it is needed.
  static constexpr std::size_t chunk_for(std::size_t size) {
    constexpr std::size_t kLeast = 1 << 10, kMost = 16 << 10, kHeader = 64;
    return std::clamp(2 * size, kLeast, kMost) - kHeader;
  }
  static constexpr std::size_t stack_for(std::size_t size) {
    constexpr std::size_t kLeast = 1 << 10, kMost = 8 << 10;
    return std::clamp(size / 2, kLeast, kMost);
  }

  explicit Tree(std::size_t size) : memory(chunk_for(size)), json(&memory, stack_for(size)) {}

  std::string bytes;  ///< the document's bytes, which hold its strings (ParseInsitu)
  JsonPool memory;
  ShallowDocument json;

  rapidjson::ParseResult parse() {
    rapidjson::ParseResult result;
    auto read = [&](JsonDocument&) {
      rapidjson::GenericInsituStringStream<rapidjson::UTF8<>> text(bytes.data());
      JsonReader reader;
      result =
          reader.Parse<rapidjson::kParseDefaultFlags | rapidjson::kParseInsituFlag>(text, json);
      return !result.IsError();
    };
    json.Populate(read);
    return result;
  }

  std::vector<std::string_view> names;  ///< the names of the object that check_names() examines
};

Document::Document(const std::string& bytes, Problems& problems, Null null)
    : bytes_(bytes),
      problems_(problems),
      null_(null),
      tree_(std::make_unique<Tree>(bytes.size())),
      has_escapes_(bytes.find('\\') != std::string::npos) {
  if (!check_bytes()) return;
  tree_->bytes = bytes;
  const auto result = tree_->parse();  // check_bytes() has refused NUL
  parsed_ = !result.IsError();
  if (parsed_) {
    check_names(root());
  } else if (result.Code() == rapidjson::kParseErrorTermination) {
    refuse_bytes(result.Offset() - 1,
                 "nesting deeper than " + std::to_string(kMaxDepth) + " levels");
  } else {
    const std::size_t offset = result.Offset();
    const std::string at = offset < bytes.size() ? "'" + bytes.substr(offset, 1) + "'" : "the end";
    add_at(offset,
           "not JSON at " + at + ": " + restyled(rapidjson::GetParseError_En(result.Code())));
  }
}

Document::~Document() = default;

Cursor Document::root() { return {*this, &tree_->json}; }

/// Checks what RapidJSON assumes: it takes NUL for the end of the text.
bool Document::check_bytes() {
  if (bytes_.size() > kMaxBytes) {
    add_at(0, "found " + std::to_string(bytes_.size()) + " bytes, allowed: at most " +
                  std::to_string(kMaxBytes));
    return false;
  }
  const std::pair<std::size_t, std::string_view> checks[] = {
      {bytes_.starts_with("\xEF\xBB\xBF") ? 0 : std::string::npos, "a byte order mark"},
      {find_bad_utf8(bytes_), "a byte that is not UTF-8"},
      {bytes_.find('\0'), "a NUL byte"}};
  for (const auto& [offset, what] : checks) {
    if (offset == std::string::npos) continue;
    refuse_bytes(offset, what);
    return false;
  }
  return true;
}

void Document::refuse_bytes(std::size_t offset, std::string_view found) {
  add_at(offset, ("found " + std::string(found))
                     .append(", allowed: JSON in UTF-8, at most ")
                     .append(std::to_string(kMaxDepth) + " levels deep"));
}

/// Checks also the objects that berth ignores, because an object that repeats a name has no defined
/// meaning. GL-2
void Document::check_names(const Cursor& value) {
  const JsonValue& container = json(value.value_);
  if (container.IsObject()) check_own_names(value);
  for (std::size_t i = 0, count = value.size(); i < count; i++) {
    const JsonValue& inner = inner_of(container, i);
    if (inner.IsObject() || inner.IsArray()) check_names(value.at(i));
  }
}

void Document::check_own_names(const Cursor& object) {
  std::vector<std::string_view>& names = tree_->names;
  names.clear();
  for (const auto& member : json(object.value_).GetObject()) {
    names.push_back(text_of(member.name));
  }
  if (!may_repeat(names)) return;
  std::sort(names.begin(), names.end());
  for (auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end();
       twice = std::adjacent_find(std::upper_bound(twice, names.end(), *twice), names.end())) {
    problems_.add(
        object.pointer() + "/" + pointer_token(*twice),
        "found the name " + shown(json_quote(*twice)) + " again, allowed: each name once");
  }
}

/// Adds a problem of the whole document at an offset.
void Document::add_at(std::size_t offset, std::string message) {
  Problem problem{.pointer = {}, .message = std::move(message)};
  set_position(problem, bytes_, offset);
  problems_.add(std::move(problem));
}

}  // namespace berth::spec
