#include "runtime/container/paths.h"

#include "runtime/linux/files/chosen_file.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/path_text.h"
#include "runtime/store/state_root.h"

namespace berth::container {

std::string state_root(const std::string& given) {
  return given.empty() ? store::default_root() : sys::absolute(given);
}

std::string bundle_directory(const std::string& given) {
  return given.empty() ? sys::current_directory() : sys::absolute(given);
}

bool is_directory(const std::string& path) { return sys::open_dir_if_exists(path).has_value(); }

void append_to_file(const std::string& path, const std::string& bytes) {
  sys::append_to_file(path, bytes, 0600);
}

void write_to_standard_output(const std::string& text) { sys::write_to_standard_output(text); }

}  // namespace berth::container
