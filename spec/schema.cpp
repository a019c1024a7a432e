#include "spec/schema.h"

#include <regex.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "spec/locate.h"

// What valijson calls std:: is looked up here first, and everything else of it is std's. Its
// matcher would be std::regex, which takes a stack frame a character: a long string in a document
// would end the process. And that, string streams and cerr would bring half a megabyte of locales.
namespace valijson::std {

using namespace ::std;

/// POSIX extended, of bytes. The patterns of our schema mean the same there and in ECMA 262, and
/// none lets a NUL pass.
class regex {
 public:
  explicit regex(const string& pattern) : compiled_(new regex_t) {
    if (::regcomp(compiled_.get(), pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
      delete compiled_.release();  // there is nothing in it to free
      berth::fail(berth::ErrorKind::Bug, "schema: pattern '" + pattern + "'");
    }
  }

  bool matches(const string& text) const {
    return text.find('\0') == string::npos &&
           ::regexec(compiled_.get(), text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  struct Free {
    void operator()(regex_t* compiled) const {
      ::regfree(compiled);
      delete compiled;
    }
  };
  unique_ptr<regex_t, Free> compiled_;
};

inline bool regex_search(const string& text, const regex& pattern) { return pattern.matches(text); }

// For `format` and for texts that stand for numbers, which our schema has not: they never match.
struct smatch {
  struct Part {
    string str() const { return {}; }
  };
  Part operator[](int) const { return {}; }
};
inline bool regex_match(const string&, const regex&) { return false; }
inline bool regex_match(const string&, const smatch&, const regex&) { return false; }

struct istringstream {
  explicit istringstream(const string&) {}
  template <class T>
  istringstream& operator>>(T&) {
    return *this;
  }
  bool operator!() const { return true; }
  static bool get(char) { return false; }
};

/// What it says before it would abort: when the schema is wrong, which is a bug of ours.
struct ErrorOutput {
  [[noreturn]] ErrorOutput& operator<<(const string& message) const {
    berth::fail(berth::ErrorKind::Bug, "schema: " + message);
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

extern "C" const char berth_config_schema[], berth_config_schema_end[];

namespace berth::spec {

namespace {

using valijson::ValidationResults;
using valijson::adapters::RapidJsonAdapter;

/// `<root>`, `[linux]`, `[0]` as a JSON pointer.
std::string pointer_of(const ValidationResults::Error& error) {
  std::string pointer;
  for (std::size_t i = 1; i < error.context.size(); i++) {
    const std::string& part = error.context[i];
    pointer += "/" + pointer_token(std::string_view(part).substr(1, part.size() - 2));
  }
  return pointer;
}

/// The library's words, as our messages are written.
std::string message_of(const ValidationResults::Error& error) {
  std::string words = error.description;
  words[0] = static_cast<char>(std::tolower(words[0]));
  if (words.ends_with('.')) words.pop_back();
  return words;
}

/// The library's integers are signed, and it takes the upper half of 64 bits for negative numbers:
/// what is more than the most it knows counts as that.
void clamp_numbers(rapidjson::Value& value) {
  if (value.IsUint64() && !value.IsInt64()) value.SetInt64(INT64_MAX);
  if (value.IsArray()) {
    for (rapidjson::Value& element : value.GetArray()) clamp_numbers(element);
  } else if (value.IsObject()) {
    for (std::size_t i = 0; i < value.MemberCount(); i++) {
      clamp_numbers(value.MemberBegin()[static_cast<std::ptrdiff_t>(i)].value);
    }
  }
}

/// The reader, which is asked first, has taken those that may be there for absent, and refused the
/// others.
void drop_nulls(rapidjson::Value& value) {
  if (value.IsArray()) {
    for (rapidjson::Value& element : value.GetArray()) drop_nulls(element);
  } else if (value.IsObject()) {
    for (auto member = value.MemberBegin(); member != value.MemberEnd();) {
      if (!member->value.IsNull()) drop_nulls(member->value);
      member = member->value.IsNull() ? value.EraseMember(member) : member + 1;
    }
  }
}

bool is_below(const std::string& inner, const std::string& outer) {
  return inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '/';
}

}  // namespace

std::string_view config_schema_text() {
  return {berth_config_schema,
          static_cast<std::size_t>(berth_config_schema_end - berth_config_schema)};
}

struct ConfigSchema::Parsed {
  valijson::Schema schema;
};

ConfigSchema::ConfigSchema() : parsed_(std::make_unique<Parsed>()) {
  rapidjson::Document document;
  const std::string_view text = config_schema_text();
  document.Parse(text.data(), text.size());
  if (document.HasParseError()) fail(ErrorKind::Bug, "our schema is no JSON");
  clamp_numbers(document);
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(RapidJsonAdapter(document), parsed_->schema);
}

ConfigSchema::~ConfigSchema() = default;

Problems ConfigSchema::check(const std::string& bytes) const {
  Problems problems;
  rapidjson::Document document;
  document.Parse(bytes.data(), bytes.size());
  if (document.HasParseError()) fail(ErrorKind::Bug, "a document that is no JSON");
  clamp_numbers(document);
  drop_nulls(document);
  ValidationResults results;
  valijson::Validator().validate(parsed_->schema, RapidJsonAdapter(document), &results);
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& error : results) found.emplace_back(pointer_of(error), message_of(error));
  for (const auto& [pointer, message] : found) {
    const std::string& outer = pointer;
    const bool is_innermost = std::none_of(found.begin(), found.end(), [&outer](const auto& other) {
      return is_below(other.first, outer);
    });
    if (is_innermost) problems.add(pointer, message);
  }
  return problems;
}

}  // namespace berth::spec
