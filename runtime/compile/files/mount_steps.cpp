#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/builder.h"

#include <linux/mount.h>

#include <algorithm>

namespace berth::plan {

namespace {

/// The clone is a peer of the host's mount until something is said. A word for the top alone leaves
/// the mounts below it peers: that is only right for `shared`.
bool needs_slave(const MountOptions& options) {
  const auto& changes = options.propagation;
  if (changes.empty()) return true;
  return options.recursive_bind &&
         std::none_of(changes.begin(), changes.end(), [](const PropagationChange& change) {
           return change.recursive || change.type == MS_SHARED;
         });
}

void add_attributes(const AttributeChange& change, bool recursive, Builder& builder) {
  if (change.set == 0 && change.clear == 0) return;
  Step& step = builder.child(Op::Attributes, change.origin);
  step.number[0] = change.set;
  step.number[1] = change.clear;
  step.number[2] = recursive ? 1 : 0;
}

std::int32_t open_host(Op op, std::string_view path, std::string_view origin, Builder& builder) {
  Step& step = builder.host_step(op, origin);
  step.slot = builder.new_slot();
  step.text[0] = builder.text(path);
  return step.slot;
}

}  // namespace

Step& add_child(Builder& builder, Op op, std::string_view origin, std::string_view text) {
  Step& step = builder.child(op, origin);
  step.text[0] = builder.text(text);
  return step;
}

void add_new_filesystem(std::string_view type, std::string_view source, std::string_view origin,
                        Builder& builder) {
  add_child(builder, Op::NewFilesystem, origin, type);
  Step& step = add_child(builder, Op::FilesystemOption, origin, "source");
  step.text[1] = builder.text(source.empty() ? type : source);
  step.number[0] = 1;
}

void add_filesystem_words(const std::vector<FilesystemWord>& words, Builder& builder) {
  for (const FilesystemWord& word : words) {
    Step& step = add_child(builder, Op::FilesystemOption, word.origin, word.key);
    if (word.value) {
      step.text[1] = builder.text(*word.value);
      step.number[0] = word.kind == FilesystemWord::Kind::Directory ? 2 : 1;
    }
    step.number[1] = word.kind == FilesystemWord::Kind::Lenient ? 1 : 0;
  }
}

void add_create(std::uint64_t attributes, std::string_view origin, Builder& builder) {
  builder.child(Op::CreateFilesystem, origin).number[0] = attributes;
}

void add_attributes(const MountOptions& options, Builder& builder) {
  add_attributes(options.recursive_attributes, true, builder);
  add_attributes(options.attributes, false, builder);
}

void add_read_only(std::string_view origin, Builder& builder) {
  builder.child(Op::Attributes, origin).number[0] = MOUNT_ATTR_RDONLY;
}

void add_propagation(const std::vector<PropagationChange>& changes, Builder& builder) {
  for (const PropagationChange& change : changes) {
    Step& step = builder.child(Op::Propagation, change.origin);
    step.number[0] = change.type;
    step.number[2] = change.recursive ? 1 : 0;
  }
}

void add_place(std::string_view destination, std::uint64_t flags, std::string_view origin,
               Builder& builder) {
  add_child(builder, Op::Place, origin, destination).number[0] = flags;
}

Step& add_link(std::string_view path, std::string_view target, std::string_view origin,
               Builder& builder) {
  Step& step = add_child(builder, Op::MakeSymlink, origin, path);
  step.text[1] = builder.text(target);
  return step;
}

void add_bind(std::int32_t slot, const MountOptions& options, std::string_view destination,
              std::uint64_t flags, std::string_view origin, Builder& builder) {
  builder.child(Op::TakeTree, origin).slot = slot;
  add_bound(options, destination, flags, origin, builder);
}

void add_bound(const MountOptions& options, std::string_view destination, std::uint64_t flags,
               std::string_view origin, Builder& builder) {
  if (needs_slave(options)) {
    add_propagation({{MS_SLAVE, options.recursive_bind, std::string(origin)}}, builder);
  }
  add_propagation(options.propagation, builder);
  add_attributes(options, builder);
  add_place(destination, flags, origin, builder);
}

Step& add_clone(std::string_view path, bool recursive, std::string_view origin, Builder& builder) {
  Step& step = add_child(builder, Op::OpenTree, origin, path);
  step.number[0] = recursive ? 1 : 0;
  return step;
}

std::int32_t open_tree(std::string_view path, bool recursive, std::string_view origin,
                       Builder& builder) {
  Step& step = builder.source(origin);
  step.text[0] = builder.text(path);
  step.number[0] = recursive ? 1 : 0;
  return step.slot;
}

std::int32_t open_directory(std::string_view path, std::string_view origin, Builder& builder) {
  return open_host(Op::OpenDirectory, path, origin, builder);
}

}  // namespace berth::plan
