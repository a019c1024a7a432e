// Steps of init about single files of the container: devices, links, the terminal, /proc/sys.
// Registers of init: N the verified null device, P a procfs for writing alone.
#pragma once

#include <cerrno>

#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/operands.h"

namespace berth::plan {

// ---- devices --------------------------------------------------------------------------------

/// Checks that the file in the slot, which the host has at `path`, is this device.
struct CheckDevice {
  Text path;
  Device device;
  Slot file;
};
void describe(auto& v, const CheckDevice& step) {
  v.step("check_device", "check the host's device '{path}'");
  v("path", step.path);
  v("device", step.device);
  v("file", step.file);
}

/// A node of the host is bound read-only, so that the container cannot change its mode and owner.
struct MakeDevice {
  Text path;
  Device device;
  Owner owner;
  Refused refused = Refused::Report;
};
void describe(auto& v, const MakeDevice& step) {
  v.step("make_device", "make the device '{path}'");
  v("path", step.path);
  v("device", step.device);
  v("owner", step.owner);
  v("refused", step.refused);
  if (step.refused != Refused::Report) {
    v.hint(EPERM,
           "a device program of a cgroup may forbid mknod; then the host's '%' is bound, if there "
           "is one");
  }
}

/// An existing file stays, unless `replaces` is set.
struct MakeSymlink {
  Text path;
  Text target;
  Flag replaces = {};
};
void describe(auto& v, const MakeSymlink& step) {
  v.step("make_symlink", "make the symbolic link '{path}'[ to '{target}']");
  v("path", step.path);
  v("target", step.target);
  v("replaces", step.replaces);
}

/// Makes the directory if it is missing. Init does not report a failure here, because
/// ChangeDirectory then fails and reports it.
struct MakeWorkingDirectory {
  Text path;
  Owner owner;
};
void describe(auto& v, const MakeWorkingDirectory& step) {
  v.step("make_working_directory", "make the working directory '{path}'");
  v("path", step.path);
  v("owner", step.owner);
}

/// N := the file, verified to be the character device 1:3.
struct OpenNull {
  Text path;
};
void describe(auto& v, const OpenNull& step) {
  v.step("open_null", "open '{path}'");
  v("path", step.path);
}

// ---- standard streams -----------------------------------------------------------------------

/// Init sends one end of the terminal to `console`, and binds the other on /dev/console if it is
/// the container's own terminal. Rows and columns of 0 are not set. With `plain_lines`, lines end
/// with a line feed alone.
struct OpenTerminal {
  Slot console;
  std::uint32_t rows;
  std::uint32_t columns;
  std::uint32_t owner;
  Flag plain_lines;
  Flag binds_console;
};
void describe(auto& v, const OpenTerminal& step) {
  v.step("open_terminal", "open the terminal");
  v("console", step.console);
  v("rows", step.rows);
  v("columns", step.columns);
  v("owner", step.owner);
  v("plain_lines", step.plain_lines);
  v("binds_console", step.binds_console);
  v.hint(ENODEV, "'%' has to be a mount of type devpts");
}

/// Streams 0 to 2 that are a null device become the container's own, opened for both directions.
struct ReplaceNull {
  Text path;
};
void describe(auto& v, const ReplaceNull& step) {
  v.step("replace_null", "replace standard streams that are '{path}'");
  v("path", step.path);
}

// ---- what is written ------------------------------------------------------------------------

/// P := a new procfs, which no path leads to; for exec, that of the host, because init stays in the
/// host's pid namespace, and may lack the privilege to make one for it.
struct OpenProc {
  Slot of_host = kNoSlot;
};
void describe(auto& v, const OpenProc& step) {
  v.step("open_proc", "make a proc file system to write to");
  v("of_host", step.of_host);
  v.hint(EPERM,
         "in a user namespace a new proc can be made for its own pid namespace alone, and has to "
         "show no more than that of the host");
}

/// Closes P.
struct CloseProc {};
void describe(auto& v, const CloseProc&) { v.step("close_proc", "close that proc file system"); }

/// `path` is relative to /proc/sys.
struct WriteSysctl {
  Text path;
  Text value;
};
void describe(auto& v, const WriteSysctl& step) {
  v.step("write_sysctl", "write[ '{value}' to] '/proc/sys/{path}'");
  v("path", step.path);
  v("value", step.value);
}

struct SetHostname {
  Text name;
};
void describe(auto& v, const SetHostname& step) {
  v.step("set_hostname", "set the hostname to '{name}'");
  v("name", step.name);
}

struct SetDomainname {
  Text name;
};
void describe(auto& v, const SetDomainname& step) {
  v.step("set_domainname", "set the domainname to '{name}'");
  v("name", step.name);
}

using FileSteps =
    List<CheckDevice, MakeDevice, MakeSymlink, MakeWorkingDirectory, OpenNull, OpenTerminal,
         ReplaceNull, OpenProc, CloseProc, WriteSysctl, SetHostname, SetDomainname>;

}  // namespace berth::plan
