#include "spec/config/forms.h"

#include <algorithm>
#include <string_view>

#include "spec/text.h"

namespace berth::spec {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kBlanks = " \t\r\n\v\f";

bool has_only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

bool has_none(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) == std::string_view::npos;
}

bool is_number(std::string_view text) {
  return !text.empty() && has_only(text, kDigits) && (text.size() == 1 || text[0] != '0');
}

/// Whether a text consists of the identifiers of a pre-release or of build metadata; only in a
/// pre-release are leading zeros invalid.
bool are_identifiers(std::string_view text, bool is_prerelease) {
  const auto parts = text::split(text, '.');
  return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
    const bool has_leading_zero = has_only(part, kDigits) && !is_number(part);
    return !part.empty() &&
           has_only(part, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") &&
           !(is_prerelease && has_leading_zero);
  });
}

/// https://semver.org/spec/v2.0.0.html
bool is_semver(std::string_view text) {
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos && !are_identifiers(text.substr(plus + 1), false)) {
    return false;
  }
  text = text.substr(0, plus);
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos && !are_identifiers(text.substr(dash + 1), true)) {
    return false;
  }
  const auto numbers = text::split(text.substr(0, dash), '.');
  return numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(), is_number);
}

bool is_page_size(std::string_view text) {
  if (text.size() < 3 || !text.ends_with('B') || text[0] == '0') return false;
  return has_only(text.substr(text.size() - 2, 1), "KMG") &&
         is_number(text.substr(0, text.size() - 2));
}

bool is_file_name(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && has_none(text, "/\n");
}

}  // namespace

constinit const Form kAbsolutePath{[](std::string_view text) { return text.starts_with('/'); },
                                   "an absolute path", R"("pattern": "^/")"};

constinit const Form kNotEmpty{[](std::string_view text) { return !text.empty(); },
                               "a string that is not empty", R"("minLength": 1)"};

constinit const Form kVersion1{
    [](std::string_view text) { return is_semver(text) && text.starts_with("1."); },
    "a version 1.x.y, in the form of SemVer 2.0.0",
    R"("pattern": "^1\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*))"
    R"((-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))"
    R"((\\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?)"
    R"((\\+[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?$")"};

constinit const Form kVariable{
    [](std::string_view text) { return text.find('=', 1) != std::string_view::npos; },
    "a string NAME=value", R"("pattern": "(=|[^=])=")"};

/// __NEW_UTS_LEN, sethostname(2)
constinit const Form kHostName{[](std::string_view text) { return text.size() <= 64; },
                               "a string of at most 64 bytes", R"("maxLength": 64)"};

constinit const Form kDeviceAccess{
    [](std::string_view text) { return !text.empty() && has_only(text, "rwm"); },
    "one or more of the letters r, w and m", R"("pattern": "^[rwm]+$")"};

constinit const Form kPageSize{is_page_size, "a size such as 64KB, 2MB or 1GB",
                               R"("pattern": "^[1-9][0-9]*[KMG]B$")"};

/// dev_valid_name() of the kernel
constinit const Form kInterfaceName{[](std::string_view text) {
                                      return is_file_name(text) && text.size() < 16 &&
                                             has_none(text, ":") && has_none(text, kBlanks);
                                    },
                                    "an interface name: 1 to 15 bytes without '/', ':' and blanks",
                                    R"("pattern": "^[^/: \t\r\n\u000b\f]+$", "maxLength": 15, )"
                                    R"("not": {"enum": [".", ".."]})"};

constinit const Form kNumberList{
    [](std::string_view text) { return has_only(text, "0123456789,- "); },
    "a list of numbers such as 0-3,6", R"("pattern": "^[0-9, -]*$")"};

constinit const Form kFileName{is_file_name, "a file name without '/'",
                               R"("pattern": "^[^/\n]+$", "not": {"enum": [".", ".."]})"};

constinit const Form kClassOfService{
    [](std::string_view text) { return text == "/" || is_file_name(text); },
    "'/' or a directory name", R"("pattern": "^(/|[^/\n]+)$", "not": {"enum": [".", ".."]})"};

constinit const Form kOneWord{
    [](std::string_view text) { return !text.empty() && has_none(text, kBlanks); },
    "a name without blanks", R"("pattern": "^[^ \t\r\n\u000b\f]+$")"};

constinit const Form kOneLine{[](std::string_view text) { return has_none(text, "\n"); },
                              "a string without line breaks", R"("pattern": "^[^\n]*$")"};

constinit const Form kBandwidthSchema{
    [](std::string_view text) { return text.starts_with("MB:") && has_none(text, "\n"); },
    "a string that starts with MB: and has no line breaks", R"("pattern": "^MB:[^\n]*$")"};

}  // namespace berth::spec
