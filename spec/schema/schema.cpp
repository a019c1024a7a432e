#include "spec/schema/schema.h"

#include <regex.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "spec/json/reader.h"
#include "spec/pointer.h"
#include "spec/schema/pattern.h"
#include "spec/schema/schema_files.h"

// In namespace valijson, `std::` finds these replacements first, then everything else of the real
// std. std::regex needs a stack frame for each character, so that a long string would overflow the
// stack; together with string streams and cerr it would also add half a megabyte of locale code.
namespace valijson::std {

using namespace ::std;

/// A POSIX extended regular expression on bytes.
class regex {
 public:
  explicit regex(const string& pattern) : pattern_(pattern) {
    const auto posix = berth::spec::posix_pattern(pattern);
    auto compiled = make_unique<regex_t>();
    if (!posix || ::regcomp(compiled.get(), posix->c_str(), REG_EXTENDED) != 0) return;
    compiled_.reset(compiled.release());
  }

  bool is_understood() const { return compiled_ != nullptr; }
  const string& pattern() const { return pattern_; }

  template <size_t kParts>
  bool finds(const string& text, array<regmatch_t, kParts>& parts) const {
    return compiled_ && text.find('\0') == string::npos &&
           ::regexec(compiled_.get(), text.c_str(), kParts, parts.data(), 0) == 0;
  }

 private:
  struct Free {
    void operator()(regex_t* compiled) const {
      ::regfree(compiled);
      delete compiled;
    }
  };
  string pattern_;
  unique_ptr<regex_t, Free> compiled_;
};

/// valijson calls this for the patterns of a schema.
inline bool regex_search(const string& text, const regex& pattern) {
  if (!pattern.is_understood()) {
    berth::fail(berth::ErrorKind::Unsupported,
                "schema: pattern '" + pattern.pattern() + "' has no POSIX form");
  }
  array<regmatch_t, 1> none;
  return pattern.finds(text, none);
}

/// The groups of a match, at most three: year, month, day.
struct smatch {
  struct Part {
    string text;
    const string& str() const { return text; }
  };
  const Part& operator[](size_t index) const { return parts[index]; }
  array<Part, 4> parts;
};

/// valijson calls this for its own patterns, which begin with ^ and end with $. POSIX cannot
/// express the one for URNs, so no text counts as a URN.
inline bool regex_match(const string& text, smatch& groups, const regex& pattern) {
  array<regmatch_t, 4> found;
  if (!pattern.finds(text, found)) return false;
  for (size_t i = 0; i < found.size(); i++) {
    if (found[i].rm_so < 0) continue;
    const auto start = static_cast<size_t>(found[i].rm_so);
    groups.parts[i].text = text.substr(start, static_cast<size_t>(found[i].rm_eo) - start);
  }
  return true;
}
inline bool regex_match(const string& text, const regex& pattern) {
  smatch groups;
  return regex_match(text, groups, pattern);
}

/// valijson converts strings to numbers with this; berth's settings never need it.
struct istringstream {
  explicit istringstream(const string&) {}
  template <class T>
  istringstream& operator>>(T&) {
    return *this;
  }
  bool operator!() const { return true; }
  static bool get(char) { return false; }
};

/// valijson reports a wrong schema here before it would abort.
struct ErrorOutput {
  [[noreturn]] ErrorOutput& operator<<(const string& message) const {
    berth::fail(berth::ErrorKind::Config, "schema: " + message);
  }
};
inline constexpr ErrorOutput cerr;
inline constexpr char endl[] = "";

}  // namespace valijson::std

#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace berth::spec {

namespace {

using valijson::ValidationResults;
using valijson::adapters::RapidJsonAdapter;

/// Turns valijson's path `<root>`, `[linux]`, `[0]` into a JSON pointer.
std::string pointer_of(const ValidationResults::Error& error) {
  std::string pointer;
  for (std::size_t i = 1; i < error.context.size(); i++) {
    const std::string& part = error.context[i];
    pointer += "/" + pointer_token(std::string_view(part).substr(1, part.size() - 2));
  }
  return pointer;
}

enum class Nulls { Kept, Dropped };

/// valijson's integers are signed and would take a number above INT64_MAX for a negative one, so
/// such numbers become INT64_MAX. Members that are null are dropped from a document: the reader
/// runs first, and has taken the permitted ones as absent and refused the others.
void prepare(rapidjson::Value& value, Nulls nulls) {
  if (value.IsUint64() && !value.IsInt64()) value.SetInt64(INT64_MAX);
  if (value.IsArray()) {
    for (rapidjson::Value& element : value.GetArray()) prepare(element, nulls);
  } else if (value.IsObject()) {
    for (auto member = value.MemberBegin(); member != value.MemberEnd();) {
      prepare(member->value, nulls);
      const bool is_dropped = nulls == Nulls::Dropped && member->value.IsNull();
      member = is_dropped ? value.EraseMember(member) : member + 1;
    }
  }
}

}  // namespace

struct Schema::Parsed {
  valijson::Schema schema;
};

Schema::Schema(const std::string& file, const ReadFile& read)
    : parsed_(std::make_unique<Parsed>()) {
  const SchemaText text = read_schema_files(file, read);
  rapidjson::Document document;
  document.Parse(text.json.data(), text.json.size());
  prepare(document, Nulls::Kept);
  using valijson::SchemaParser;
  SchemaParser parser(text.is_draft_4 ? SchemaParser::kDraft4 : SchemaParser::kDraft7);
  parser.populateSchema(RapidJsonAdapter(document), parsed_->schema);
}

Schema::~Schema() = default;

Problems Schema::check(const std::string& bytes) const {
  Problems problems, of_reader;
  if (!Document(bytes, of_reader).parsed()) return problems;
  rapidjson::Document document;
  document.Parse(bytes.data(), bytes.size());
  prepare(document, Nulls::Dropped);
  ValidationResults results;
  valijson::Validator().validate(parsed_->schema, RapidJsonAdapter(document), &results);
  std::vector<Problem> found;
  for (const auto& error : results) {
    found.push_back({.pointer = pointer_of(error), .message = restyled(error.description)});
  }
  for (const Problem& problem : found) {
    const bool is_innermost = std::none_of(found.begin(), found.end(), [&](const Problem& other) {
      return other.pointer != problem.pointer && is_at_or_below(other.pointer, problem.pointer);
    });
    if (is_innermost) problems.add(problem);
  }
  return problems;
}

}  // namespace berth::spec
