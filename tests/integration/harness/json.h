// JSON as text in, text out: a test names a value by its pointer (RFC 6901) and writes values as
// JSON. The library stays in json.cpp.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::test::json {

/// The value there: a string as it is, anything else as JSON. Nothing when it is missing. Fails the
/// test when the text is no JSON.
std::optional<std::string> find(const std::string& document, const std::string& pointer);
/// The same; fails the test when it is missing.
std::string get(const std::string& document, const std::string& pointer);
/// Members of an object, elements of an array.
std::size_t size_of(const std::string& document, const std::string& pointer);

/// The document with the value at the pointer replaced or added; `-` as last token appends.
std::string set(const std::string& document, const std::string& pointer, const std::string& value);
std::string erase(const std::string& document, const std::string& pointer);

std::string quote(std::string_view text);
/// An array of strings.
std::string list(const std::vector<std::string>& texts);

}  // namespace berth::test::json
