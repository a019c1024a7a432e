#include "runtime/compile/files/mount_steps.h"

#include <linux/mount.h>

#include <algorithm>

namespace berth::plan {

namespace {

/// Whether the clone, a peer of the host's mount, has to become a slave first. A word for its top
/// alone leaves the mounts below it peers, which is only right for `shared`.
bool needs_slave(const MountOptions& options) {
  const auto& changes = options.propagation;
  if (changes.empty()) return true;
  return options.recursive_bind &&
         std::ranges::none_of(changes, [](const PropagationChange& change) {
           return change.recursive || change.type == MS_SHARED;
         });
}

void add_attributes(const AttributeChange& change, bool recursive, Builder& builder) {
  if (change.set == 0 && change.clear == 0) return;
  builder.add(SetAttributes{.attributes = {.set = change.set, .cleared = change.clear},
                            .recursive = recursive},
              change.origin);
}

}  // namespace

void add_new_filesystem(std::string_view type, std::string_view source, std::string_view origin,
                        Builder& builder) {
  builder.add(NewFilesystem{.type = builder.text(type)}, origin);
  builder.add(FilesystemOption{.key = builder.text("source"),
                               .value = builder.text(source.empty() ? type : source),
                               .given_as = OptionValue::String},
              origin);
}

void add_filesystem_words(const std::vector<FilesystemWord>& words, Builder& builder) {
  using Kind = FilesystemWord::Kind;
  for (const FilesystemWord& word : words) {
    FilesystemOption option{.key = builder.text(word.key)};
    if (word.value) {
      option.value = builder.text(*word.value);
      option.given_as = word.kind == Kind::Directory ? OptionValue::Directory : OptionValue::String;
    }
    option.unknown = word.kind == Kind::Lenient ? Errors::Tolerate : Errors::Report;
    builder.add(option, word.origin);
  }
}

void add_create(std::uint64_t attributes, std::string_view origin, Builder& builder) {
  builder.add(CreateFilesystem{.attributes = {.set = attributes}}, origin);
}

void add_attributes(const MountOptions& options, Builder& builder) {
  add_attributes(options.recursive_attributes, true, builder);
  add_attributes(options.attributes, false, builder);
}

void add_read_only(std::string_view origin, Builder& builder) {
  builder.add(SetAttributes{.attributes = {.set = MOUNT_ATTR_RDONLY}}, origin);
}

void add_propagation(const std::vector<PropagationChange>& changes, Builder& builder) {
  for (const PropagationChange& change : changes) {
    builder.add(SetPropagation{.type = {change.type}, .recursive = change.recursive},
                change.origin);
  }
}

void add_place(std::string_view destination, PlaceRules rules, std::string_view origin,
               Builder& builder) {
  builder.add(Place{.path = builder.text(destination), .rules = rules}, origin);
}

void add_bound(const MountOptions& options, std::string_view destination, PlaceRules rules,
               std::string_view origin, Builder& builder) {
  if (needs_slave(options)) {
    add_propagation({{MS_SLAVE, options.recursive_bind, std::string(origin)}}, builder);
  }
  add_propagation(options.propagation, builder);
  add_attributes(options, builder);
  add_place(destination, rules, origin, builder);
}

void add_clone(std::string_view path, bool recursive, Symlink symlink, std::string_view origin,
               Builder& builder) {
  builder.add(CloneTree{.path = builder.text(path), .recursive = recursive, .symlink = symlink},
              origin);
}

}  // namespace berth::plan
