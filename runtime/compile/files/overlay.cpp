#include "runtime/compile/files/overlay.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace berth::plan {

namespace {

constexpr std::size_t kLongest = 255;  // bytes, fsconfig(2)

using Words = std::vector<FilesystemWord>;

bool is_long(const FilesystemWord& word) {
  return std::max(word.key.size(), word.value.value_or("").size()) > kLongest;
}

/// A word with one directory, whose path the kernel does not parse further.
FilesystemWord directory_word(std::string key, std::string path, const std::string& origin) {
  using Kind = FilesystemWord::Kind;
  const Kind kind = path.size() > kLongest ? Kind::Directory : Kind::Data;
  return {std::move(key), std::move(path), kind, origin};
}

/// Takes the path at the beginning of `text`, up to a colon, and removes its escapes.
std::string take_path(std::string_view& text) {
  std::string path;
  while (!text.empty() && text[0] != ':') {
    if (text[0] == '\\' && text.size() > 1) text.remove_prefix(1);
    path += text[0];
    text.remove_prefix(1);
  }
  return path;
}

/// Splits `LOWER:LOWER…::DATA::DATA…`, from the top down; empty if the text does not have this
/// form. Kernel: filesystems/overlayfs.rst
Words split_layers(const FilesystemWord& word) {
  Words layers;
  std::string_view rest = *word.value;
  bool is_data = false;
  while (true) {
    std::string path = take_path(rest);
    if (path.empty()) return {};
    layers.push_back(
        directory_word(is_data ? "datadir+" : "lowerdir+", std::move(path), word.origin));
    if (rest.empty()) return layers;
    const bool is_double = rest.starts_with("::");
    if (is_data && !is_double) return {};
    is_data = is_double;
    rest.remove_prefix(is_double ? 2 : 1);
  }
}

/// The words that replace this one; empty if it has to stay as it is.
Words rewritten(const FilesystemWord& word) {
  if (!word.value) return {};
  if (word.key == "lowerdir") return split_layers(word);
  if (word.key != "upperdir" && word.key != "workdir") return {};
  std::string_view rest = *word.value;
  std::string path = take_path(rest);
  while (!rest.empty()) {  // a colon is an ordinary character here
    rest.remove_prefix(1);
    path += ":" + take_path(rest);
  }
  return {directory_word(word.key, std::move(path), word.origin)};
}

}  // namespace

void fit_values(MountRequest& request, Builder& builder) {
  const bool is_overlay =
      request.kind == MountRequest::Kind::Filesystem && request.type == "overlay";
  Words fitting;
  for (FilesystemWord& word : request.options.filesystem) {
    const Words parts = is_overlay && is_long(word) ? rewritten(word) : Words{};
    if (!parts.empty()) {
      fitting.insert(fitting.end(), parts.begin(), parts.end());
      continue;
    }
    if (is_long(word)) {
      const std::size_t size = std::max(word.key.size(), word.value.value_or("").size());
      builder.unsupported(word.origin, "a word or value of " + std::to_string(size) +
                                           " bytes, the kernel takes at most " +
                                           std::to_string(kLongest));
    }
    fitting.push_back(std::move(word));
  }
  request.options.filesystem = std::move(fitting);
}

}  // namespace berth::plan
