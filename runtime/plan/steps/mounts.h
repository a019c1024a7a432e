// Steps of init about mounts and the root. Registers of init: R the root of the container, F a file
// system context being configured, M the mount at hand, N the verified null device.
#pragma once

#include <cerrno>

#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/operands.h"

namespace berth::plan {

// ---- the root -------------------------------------------------------------------------------

/// Sets the propagation of all mounts that exist now.
struct DetachPropagation {
  Propagation type;
};
void describe(auto& v, const DetachPropagation& step) {
  v.step("detach_propagation", "make all mounts {type}");
  v("type", step.type);
}

/// R := M := the tree, attached at the host's directory `path`. The tree must show that directory.
struct AttachRoot {
  Text path;
  Slot tree;
};
void describe(auto& v, const AttachRoot& step) {
  v.step("attach_root", "place the root file system on '{path}'");
  v("path", step.path);
  v("tree", step.tree);
  v.hint(ELOOP, "a part of the path is a magic link of procfs: name the directory itself");
}

/// R := M := the directory; nothing is mounted.
struct UseRoot {
  Slot directory;
};
void describe(auto& v, const UseRoot& step) {
  v.step("use_root", "take the directory as root");
  v("directory", step.directory);
}

/// Moves R, which is attached elsewhere, over the root of the host.
struct MoveRoot {};
void describe(auto& v, const MoveRoot&) {
  v.step("move_root", "move the root file system over that of the host");
}

/// Unmounts what is mounted at a path of the host, or covers it if the mount is locked.
struct RemoveMount {
  Text path;
};
void describe(auto& v, const RemoveMount& step) {
  v.step("remove_mount", "take the host's '{path}' away");
  v("path", step.path);
}

/// Gives init a mount namespace of its own, a copy of the one in the slot, which has an empty
/// directory and no host path. setns(2), unshare(2)
struct CopyEmptyNamespace {
  Slot space;
};
void describe(auto& v, const CopyEmptyNamespace& step) {
  v.step("copy_empty_namespace", "make a mount namespace, a copy of the empty one");
  v("namespace", step.space);
  v.hint(ENOSPC, "the limit /proc/sys/user/max_mnt_namespaces is reached");
}

struct EnterRoot {
  Entry entry;
};
void describe(auto& v, const EnterRoot& step) {
  v.step("enter_root", "enter the root by {entry}");
  v("entry", step.entry);
  v.hint(EINVAL, "on an initramfs pivot_root is not possible; --no-pivot does without");
}

// ---- file systems ---------------------------------------------------------------------------

/// F := fsopen(type)
struct NewFilesystem {
  Text type;
};
void describe(auto& v, const NewFilesystem& step) {
  v.step("new_filesystem", "mount '{type}'");
  v("type", step.type);
  v.hint(ENODEV, "the kernel has no filesystem '%'");
}

/// F := the file system that is mounted there, to be reconfigured; M := its mount.
struct PickFilesystem {
  Text path;
};
void describe(auto& v, const PickFilesystem& step) {
  v.step("pick_filesystem", "configure the mount on '{path}'");
  v("path", step.path);
}

/// Sets an option of F. `unknown` says what init does if the file system does not know the key.
struct FilesystemOption {
  Text key;
  Text value = {};
  OptionValue given_as = OptionValue::None;
  Errors unknown = Errors::Report;
};
void describe(auto& v, const FilesystemOption& step) {
  v.step("filesystem_option", "set '{key}'[ to '{value}']");
  v("key", step.key);
  v("value", step.value);
  v("given_as", step.given_as);
  v("unknown", step.unknown);
  constexpr const char* kOldOverlay =
      "layers of more than 255 bytes need Linux 6.7, and a single one of so many Linux 6.13";
  v.hint(EINVAL, kOldOverlay, "lowerdir+");
  v.hint(EINVAL, kOldOverlay, "datadir+");
}

/// Gives F the mode of the directory that Place is going to cover, if there is one.
struct TakeMode {
  Text path;
  PlaceRules rules;
};
void describe(auto& v, const TakeMode& step) {
  v.step("take_mode", "look at the mode of '{path}'");
  v("path", step.path);
  v("rules", step.rules);
}

/// M := F, mounted detached.
struct CreateFilesystem {
  MountAttributes attributes;
};
void describe(auto& v, const CreateFilesystem& step) {
  v.step("create_filesystem", "create the mount[ {attributes}]");
  v("attributes", step.attributes);
  v.hint(EPERM,
         "in a user namespace a new proc or sysfs has to show no more than that of the host; a "
         "bind mount of it can always be had");
}

/// Applies the options of F to its file system.
struct Reconfigure {};
void describe(auto& v, const Reconfigure&) { v.step("reconfigure", "reconfigure the file system"); }

// ---- the mount at hand ----------------------------------------------------------------------

/// M := the tree.
struct TakeTree {
  Slot tree;
};
void describe(auto& v, const TakeTree& step) {
  v.step("take_tree", "take the copy of the mount");
  v("tree", step.tree);
}

/// `to` or, without one, M := a detached clone of the mount at a path of the host. Init can open it
/// only as long as host paths exist. With `no_magic_links`, no part of the path may be a magic
/// link.
struct CloneTree {
  Text path;
  Flag recursive;
  Symlink symlink = Symlink::Follow;
  Flag no_magic_links = {};
  FilledSlot to = {};
};
void describe(auto& v, const CloneTree& step) {
  v.step("clone_tree", "open a copy of the mount '{path}'");
  v("path", step.path);
  v("recursive", step.recursive);
  v("symlink", step.symlink);
  v("no_magic_links", step.no_magic_links);
  v("to", step.to);
  v.hint(EINVAL, "below it are mounts that may not be uncovered: 'rbind' takes them along");
  v.hint(ELOOP, step.no_magic_links
                    ? "no part of the path of the root may be a magic link of procfs"
                    : "its symbolic links form a loop, or are more than 40");
}

/// M := the mount at `path`.
struct FindMount {
  Text path;
};
void describe(auto& v, const FindMount& step) {
  v.step("find_mount", "find the mount on '{path}'");
  v("path", step.path);
}

/// Gives the root directory of M a SELinux label.
struct LabelMount {
  Text label;
};
void describe(auto& v, const LabelMount& step) {
  v.step("label_mount", "label the mount '{label}'");
  v("label", step.label);
}

/// M, a tmpfs, gets the content of the directory that Place is going to cover, if there is one.
struct CopyUp {
  Text path;
  KeptByCopy keeps;
  PlaceRules rules;
};
void describe(auto& v, const CopyUp& step) {
  v.step("copy_up", "copy the content of '{path}'");
  v("path", step.path);
  v("keeps", step.keeps);
  v("rules", step.rules);
}

/// Gives M the id mapping of the user namespace. `name` is the type of M's file system.
struct MapMountIds {
  Text name;
  Slot user_namespace;
  Flag recursive;
};
void describe(auto& v, const MapMountIds& step) {
  v.step("map_mount_ids", "map the ids of '{name}'");
  v("name", step.name);
  v("user_namespace", step.user_namespace);
  v("recursive", step.recursive);
  v.hint(EINVAL, "the file system '%' takes no id mapping on this kernel");
}

/// Sets attributes of M and, if recursive, of all mounts below it.
struct SetAttributes {
  MountAttributes attributes;
  Flag recursive = {};
};
void describe(auto& v, const SetAttributes& step) {
  v.step("set_attributes", "set attributes {attributes}{recursive: with everything below}");
  v("attributes", step.attributes);
  v("recursive", step.recursive);
}

struct SetPropagation {
  Propagation type;
  Flag recursive;
};
void describe(auto& v, const SetPropagation& step) {
  v.step("set_propagation", "make it {type}{recursive: with everything below}");
  v("type", step.type);
  v("recursive", step.recursive);
}

/// Attaches M at `path`, or on the directory that TakeMode or CopyUp has opened. Init makes missing
/// directories, or the file.
struct Place {
  Text path;
  PlaceRules rules;
};
void describe(auto& v, const Place& step) {
  v.step("place", "place on '{path}'");
  v("path", step.path);
  v("rules", step.rules);
  v.hint(EINVAL,
         "mounts of a container without a mount namespace of its own need Linux 6.15 or later");
}

// ---- protection -----------------------------------------------------------------------------

/// Makes the path read-only with everything below it. A missing path is not an error.
struct ProtectPath {
  Text path;
};
void describe(auto& v, const ProtectPath& step) {
  v.step("protect_path", "make '{path}' read-only");
  v("path", step.path);
}

/// Covers a file with N, and a directory with an empty read-only tmpfs that has this SELinux label.
struct MaskPath {
  Text path;
  Text label;
};
void describe(auto& v, const MaskPath& step) {
  v.step("mask_path", "mask '{path}'");
  v("path", step.path);
  v("label", step.label);
}

using MountSteps =
    List<DetachPropagation, AttachRoot, UseRoot, MoveRoot, RemoveMount, CopyEmptyNamespace,
         EnterRoot, NewFilesystem, PickFilesystem, FilesystemOption, TakeMode, CreateFilesystem,
         Reconfigure, TakeTree, CloneTree, FindMount, LabelMount, CopyUp, MapMountIds,
         SetAttributes, SetPropagation, Place, ProtectPath, MaskPath>;

}  // namespace berth::plan
