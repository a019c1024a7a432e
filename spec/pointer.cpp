#include "spec/pointer.h"

namespace berth::spec {

std::string pointer_token(std::string_view name) {
  std::string token;
  for (const char next : name) {
    if (next == '~') {
      token += "~0";
    } else if (next == '/') {
      token += "~1";
    } else {
      token += next;
    }
  }
  return token;
}

bool is_at_or_below(std::string_view pointer, std::string_view outer) {
  return pointer.starts_with(outer) &&
         (pointer.size() == outer.size() || pointer[outer.size()] == '/');
}

}  // namespace berth::spec
