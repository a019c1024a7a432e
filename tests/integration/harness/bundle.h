// A bundle in a directory of its own: a busybox root file system, and a config.json that starts as
// what `berth spec` writes for a program without a terminal. A test changes single properties of
// it.
#pragma once

#include <string>
#include <vector>

namespace berth::test {

class Bundle {
 public:
  /// Makes the directory, which must not exist, and everything in it.
  explicit Bundle(std::string directory);

  const std::string& directory() const { return directory_; }
  /// Path on the host of an absolute path of the image.
  std::string in_image(const std::string& path) const { return directory_ + "/rootfs" + path; }
  const std::string& config() const { return config_; }

  /// The value at the JSON pointer, as JSON; `-` as last token appends. config.json is written anew
  /// with every change.
  Bundle& set(const std::string& pointer, const std::string& json);
  Bundle& erase(const std::string& pointer);
  /// For documents that are no JSON, or not ours.
  Bundle& replace_config(const std::string& text);

  Bundle& args(const std::vector<std::string>& args);
  /// args: a script for busybox sh.
  Bundle& script(const std::string& text);
  Bundle& add_mount(const std::string& type, const std::string& source,
                    const std::string& destination, const std::vector<std::string>& options);
  /// Another namespace of this type, or one by its path.
  Bundle& add_namespace(const std::string& type, const std::string& path = {});
  /// The type is not listed: inherited.
  Bundle& drop_namespace(const std::string& type);
  /// Index in /linux/namespaces; fails the test when it is not listed.
  std::size_t namespace_index(const std::string& type) const;
  /// A new user namespace in which ids 0 … 65535 are the host's from `first_host_id`.
  Bundle& map_users(unsigned first_host_id);
  Bundle& capabilities(const std::vector<std::string>& names);  ///< of all five sets

 private:
  std::string directory_, config_;
};

}  // namespace berth::test
