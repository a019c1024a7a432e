#include "runtime/plan/rdt.h"

#include <algorithm>
#include <map>

#include "spec/text.h"

namespace berth::plan {

namespace {

std::string_view take(std::string_view& text, char separator) {
  return text::trimmed(text::take(text, separator));
}

/// `00Ff` as `ff`.
std::string plain_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  std::string number(text.empty() ? "0" : text);
  std::transform(number.begin(), number.end(), number.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return number;
}

/// Maps each domain of `0=f;1=ff` to its value.
std::map<std::string, std::string> domains_in(std::string_view text) {
  std::map<std::string, std::string> domains;
  while (!text.empty()) {
    std::string_view domain = take(text, ';');
    if (domain.empty()) continue;
    const std::string number = plain_number(take(domain, '='));
    domains[number] = plain_number(text::trimmed(domain));
  }
  return domains;
}

}  // namespace

bool has_schema(std::string_view schemata, std::string_view line) {
  const std::string_view resource = take(line, ':');
  std::map<std::string, std::string> present;
  while (!schemata.empty()) {
    std::string_view row = take(schemata, '\n');
    if (take(row, ':') == resource) present = domains_in(row);
  }
  const auto wanted = domains_in(line);
  return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const auto& domain) {
    const auto found = present.find(domain.first);
    return found != present.end() && found->second == domain.second;
  });
}

}  // namespace berth::plan
