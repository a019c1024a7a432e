#include "spec/schema/schema_files.h"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/error.h"
#include "spec/json/reader.h"
#include "spec/json/rules.h"

namespace berth::spec {

namespace {

/// Whether a keyword holds plain values, in which `$ref` has no meaning.
bool holds_values(std::string_view keyword) {
  return Words{"const default enum examples"}.holds(keyword);
}

class Files {
 public:
  explicit Files(const ReadFile& read) : read_(read) {}

  SchemaText take(const std::string& file) {
    bundle_.SetObject();
    bundle_.AddMember("$ref", text("#/files/" + std::to_string(add(file))), memory());
    rapidjson::Value files(rapidjson::kObjectType);
    for (std::size_t i = 0; i < files_.size(); i++) {
      files.AddMember(text(std::to_string(i)), *files_[i].document, memory());
    }
    bundle_.AddMember("files", files, memory());
    for (const Reference& reference : references_) check(reference);
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    bundle_.Accept(writer);
    return {.json = {buffer.GetString(), buffer.GetSize()}, .is_draft_4 = is_draft_4_};
  }

 private:
  struct File {
    std::string name;
    std::unique_ptr<rapidjson::Value> document;
  };
  /// A reference as its file has it, and as a pointer into the bundle.
  struct Reference {
    std::string file, written, pointer;
  };

  rapidjson::Document::AllocatorType& memory() { return bundle_.GetAllocator(); }

  rapidjson::Value text(const std::string& text) { return {text.c_str(), memory()}; }

  std::size_t add(const std::string& name) {
    const auto known = std::find_if(files_.begin(), files_.end(),
                                    [&](const File& file) { return file.name == name; });
    if (known != files_.end()) return static_cast<std::size_t>(known - files_.begin());
    const std::size_t index = files_.size();
    files_.push_back({name, std::make_unique<rapidjson::Value>(parse(name))});
    rapidjson::Value& document = *files_.back().document;
    if (index == 0) check_draft(document);
    rewrite(document, index);
    return index;
  }

  rapidjson::Value parse(const std::string& name) {
    const std::string bytes = read_(name);
    Problems problems;
    const Document checked(bytes, problems);
    fail_if_any(problems, name);
    rapidjson::Document document(&memory());
    document.Parse(bytes.data(), bytes.size());
    return std::move(static_cast<rapidjson::Value&>(document));
  }

  void check_draft(const rapidjson::Value& document) {
    if (!document.IsObject() || !document.HasMember("$schema")) return;
    const rapidjson::Value& draft = document["$schema"];
    const std::string_view name = draft.IsString() ? draft.GetString() : "";
    is_draft_4_ = name.find("draft-04") != std::string_view::npos;
    const bool is_later = name.find("draft-06") != std::string_view::npos ||
                          name.find("draft-07") != std::string_view::npos;
    if (is_draft_4_ || is_later) return;
    fail(ErrorKind::Unsupported, files_[0].name + ": '$schema' is not draft-04, draft-06 or " +
                                     "draft-07 of json-schema.org");
  }

  void rewrite(rapidjson::Value& value, std::size_t index) {
    if (value.IsArray()) {
      for (rapidjson::Value& element : value.GetArray()) rewrite(element, index);
    }
    if (!value.IsObject()) return;
    // An `id` would change the base of every reference below it.
    if (value.HasMember("id") && value["id"].IsString()) value.EraseMember("id");
    for (std::size_t i = 0; i < value.MemberCount(); i++) {
      auto& member = value.MemberBegin()[static_cast<std::ptrdiff_t>(i)];
      if (holds_values(member.name.GetString())) continue;
      if (member.name == "$ref" && member.value.IsString()) {
        member.value = text(moved(member.value.GetString(), index));
      } else {
        rewrite(member.value, index);
      }
    }
  }

  /// Translates a reference of a file into one of the bundle.
  std::string moved(const std::string& reference, std::size_t index) {
    const std::string from = files_[index].name;
    const std::size_t hash = std::min(reference.find('#'), reference.size());
    const std::string name = reference.substr(0, hash);
    if (name.find(':') != std::string::npos) {
      fail(ErrorKind::Unsupported,
           from + ": '$ref' names '" + reference + "', but berth reads only files");
    }
    const std::string beside = from.substr(0, from.rfind('/') + 1) + name;
    const std::size_t target = name.empty() ? index : add(beside);
    const std::string pointer = reference.substr(std::min(hash + 1, reference.size()));
    references_.push_back({from, reference, "#/files/" + std::to_string(target) + pointer});
    return references_.back().pointer;
  }

  /// Fails on a reference that leads nowhere, or in a circle.
  void check(const Reference& reference) const {
    std::string pointer = reference.pointer;
    for (std::size_t left = references_.size(); left > 0; left--) {
      const rapidjson::Pointer place(pointer.c_str(), pointer.size());
      const rapidjson::Value* const target = place.IsValid() ? place.Get(bundle_) : nullptr;
      if (target == nullptr) break;
      const bool goes_on = target->IsObject() && target->HasMember("$ref");
      if (!goes_on || !(*target)["$ref"].IsString()) return;
      pointer = (*target)["$ref"].GetString();
    }
    fail(ErrorKind::Config,
         reference.file + ": '$ref' names '" + reference.written + "', which leads nowhere");
  }

  const ReadFile& read_;
  rapidjson::Document bundle_;
  std::vector<File> files_;
  std::vector<Reference> references_;
  bool is_draft_4_ = false;
};

}  // namespace

SchemaText read_schema_files(const std::string& file, const ReadFile& read) {
  return Files(read).take(file);
}

}  // namespace berth::spec
