// Steps that berth itself carries out, on the host: some before it sends the image to init, some
// while init runs. What they fill goes to init with the image, or with a later answer.
#pragma once

#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/operands.h"

namespace berth::plan {

// ---- that fill slots ------------------------------------------------------------------------

struct OpenDirectory {
  static constexpr Side kSide = Side::Host;
  Text path;
  FilledSlot to = {};
};
void describe(auto& v, const OpenDirectory& step) {
  v.step("open_directory", "open the directory '{path}'");
  v("path", step.path);
  v("to", step.to);
}

/// Opens a namespace file, which must have this type.
struct OpenNamespace {
  static constexpr Side kSide = Side::Host;
  Text path;
  Namespaces type;
  FilledSlot to = {};
};
void describe(auto& v, const OpenNamespace& step) {
  v.step("open_namespace", "open the {type} namespace '{path}'");
  v("path", step.path);
  v("type", step.type);
  v("to", step.to);
}

/// Checks that the namespace opened from `path` is not berth's own.
struct CheckNamespace {
  static constexpr Side kSide = Side::Host;
  Text path;
  Namespaces type;
  Slot space;
};
void describe(auto& v, const CheckNamespace& step) {
  v.step("check_namespace", "look whose {type} namespace '{path}' is");
  v("path", step.path);
  v("type", step.type);
  v("namespace", step.space);
}

/// Makes a user namespace without a process, for the id mapping of a mount. The maps are lines of
/// /proc/PID/uid_map and gid_map.
struct OpenUserNamespace {
  static constexpr Side kSide = Side::Host;
  Text uid_map;
  Text gid_map;
  FilledSlot to = {};
};
void describe(auto& v, const OpenUserNamespace& step) {
  v.step("open_user_namespace", "make a user namespace for id mappings");
  v("uid_map", step.uid_map);
  v("gid_map", step.gid_map);
  v("to", step.to);
}

/// Connects to the console socket. Without a path, it makes a connection and leaves the other end
/// with the foreground command.
struct ConnectConsole {
  static constexpr Side kSide = Side::Host;
  Text socket;
  FilledSlot to = {};
};
void describe(auto& v, const ConnectConsole& step) {
  v.step("connect_console", "connect to the console[ socket '{socket}']");
  v("socket", step.socket);
  v("to", step.to);
}

/// Makes the listening socket `start` in the state directory.
struct ListenForStart {
  static constexpr Side kSide = Side::Host;
  FilledSlot to = {};
};
void describe(auto& v, const ListenForStart& step) {
  v.step("listen_for_start", "listen for start");
  v("to", step.to);
}

/// Compiles Plan::seccomp to a program for the kernel.
struct MakeFilter {
  static constexpr Side kSide = Side::Host;
  FilledSlot to = {};
};
void describe(auto& v, const MakeFilter& step) {
  v.step("make_filter", "make the seccomp filter");
  v("to", step.to);
}

/// Checks that this network device is in berth's namespace and can be moved. With a new name, it
/// checks while the child waits, and also that the name is free in the child's network namespace.
struct CheckNetDevice {
  static constexpr Side kSide = Side::Host;
  Text name;
  Text new_name = {};
};
void describe(auto& v, const CheckNetDevice& step) {
  v.step("check_net_device", "check the network device '{name}'[, to be '{new_name}']");
  v("name", step.name);
  v("new_name", step.new_name);
}

/// The host makes a device for the container's `path`. The owner's ids are the host's.
struct NewDevice {
  static constexpr Side kSide = Side::Host;
  Text path;
  Device device;
  Owner owner;
  FilledSlot to = {};
};
void describe(auto& v, const NewDevice& step) {
  v.step("new_device", "make a device for '{path}'");
  v("path", step.path);
  v("device", step.device);
  v("owner", step.owner);
  v("to", step.to);
}

/// Makes or finds a directory of resctrl.
struct MakeRdtGroup {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kOutlivesBerth = true;
  Text path;
  RdtUse use;
};
void describe(auto& v, const MakeRdtGroup& step) {
  v.step("make_rdt_group", "make the resctrl group '{path}'");
  v("path", step.path);
  v("use", step.use);
}

/// Writes a line to `schemata` if berth has just made the group, and compares it otherwise.
struct SetRdtSchema {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kOutlivesBerth = true;
  Text path;
  Text line;
};
void describe(auto& v, const SetRdtSchema& step) {
  v.step("set_rdt_schema", "set the schema '{line}' of '{path}'");
  v("path", step.path);
  v("line", step.line);
}

// ---- while init runs ------------------------------------------------------------------------

/// `file` is `uid_map`, `gid_map`, `setgroups` or `timens_offsets` of the child.
struct WriteIdMap {
  static constexpr Side kSide = Side::Host;
  Text file;
  Text lines;
};
void describe(auto& v, const WriteIdMap& step) {
  v.step("write_id_map", "write '{file}'");
  v("file", step.file);
  v("lines", step.lines);
}

/// Runs newuidmap(1) or newgidmap(1).
struct CallIdMapper {
  static constexpr Side kSide = Side::Host;
  Text program;
  Text lines;
};
void describe(auto& v, const CallIdMapper& step) {
  v.step("call_id_mapper", "let '{program}' map the ids");
  v("program", step.program);
  v("lines", step.lines);
}

struct SetOomScoreAdj {
  static constexpr Side kSide = Side::Host;
  std::int64_t value;
};
void describe(auto& v, const SetOomScoreAdj& step) {
  v.step("set_oom_score_adj", "set oom_score_adj to '{value}'");
  v("value", step.value);
}

/// Raises the hard limit alone; the soft limit stays as it is.
struct RaiseRlimit {
  static constexpr Side kSide = Side::Host;
  Text name;
  std::uint32_t resource;
  Limit hard;
};
void describe(auto& v, const RaiseRlimit& step) {
  v.step("raise_rlimit", "raise the hard limit '{name}' to {hard}");
  v("name", step.name);
  v("resource", step.resource);
  v("hard", step.hard);
}

/// Applies Plan::scheduler to the child.
struct SetScheduler {
  static constexpr Side kSide = Side::Host;
  Text policy;
};
void describe(auto& v, const SetScheduler& step) {
  v.step("set_scheduler", "set the scheduler to '{policy}'");
  v("policy", step.policy);
}

/// Moves the device, with its addresses, to the child's network namespace and sets it up.
struct MoveNetDevice {
  static constexpr Side kSide = Side::Host;
  Text name;
  Text new_name;
};
void describe(auto& v, const MoveNetDevice& step) {
  v.step("move_net_device", "move the network device '{name}'[, to be '{new_name}']");
  v("name", step.name);
  v("new_name", step.new_name);
}

/// Moves the child into the group.
struct EnterRdtGroup {
  static constexpr Side kSide = Side::Host;
  Text path;
};
void describe(auto& v, const EnterRdtGroup& step) {
  v.step("enter_rdt_group", "enter the resctrl group '{path}'");
  v("path", step.path);
}

/// Opens a detached clone of the mount at a path of the host.
struct OpenTree {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
  Text path;
  Flag recursive;
  Symlink symlink = Symlink::Follow;
  Flag no_magic_links = {};
  FilledSlot to = {};
};
void describe(auto& v, const OpenTree& step) {
  v.step("open_tree", "open a copy of the mount '{path}'");
  v("path", step.path);
  v("recursive", step.recursive);
  v("symlink", step.symlink);
  v("no_magic_links", step.no_magic_links);
  v("to", step.to);
}

/// Gives a detached tree the id mapping of `user_namespace` or, without one, of the child's user
/// namespace. `name` is the path from which the tree was opened.
struct MapTreeIds {
  static constexpr Side kSide = Side::Host;
  Text name;
  Slot tree;
  Slot user_namespace;
  Flag recursive;
};
void describe(auto& v, const MapTreeIds& step) {
  v.step("map_tree_ids", "map the ids of '{name}'");
  v("name", step.name);
  v("tree", step.tree);
  v("user_namespace", step.user_namespace);
  v("recursive", step.recursive);
}

/// `number` is an index into the list of Plan::hooks.
struct RunHostHook {
  static constexpr Side kSide = Side::Host;
  Text path;
  HostHook list;
  std::uint32_t number;
};
void describe(auto& v, const RunHostHook& step) {
  v.step("run_host_hook", "run the hook '{path}'");
  v("path", step.path);
  v("list", step.list);
  v("number", step.number);
}

struct RunPoststartHook {
  static constexpr Side kSide = Side::Start;
  Text path;
};
void describe(auto& v, const RunPoststartHook& step) {
  v.step("run_poststart_hook", "run the hook '{path}'");
  v("path", step.path);
}

using HostSteps =
    List<OpenDirectory, OpenNamespace, CheckNamespace, OpenUserNamespace, ConnectConsole,
         ListenForStart, MakeFilter, CheckNetDevice, NewDevice, MakeRdtGroup, SetRdtSchema,
         WriteIdMap, CallIdMapper, SetOomScoreAdj, RaiseRlimit, SetScheduler, MoveNetDevice,
         EnterRdtGroup, OpenTree, MapTreeIds, RunHostHook, RunPoststartHook>;

}  // namespace berth::plan
