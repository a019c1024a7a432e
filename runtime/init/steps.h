// What init can do: one function a step of plan/steps.h. Each carries its step out, or reports why
// it could not and does not come back.
#pragma once

#include "runtime/init/state.h"

namespace berth::init {

// prologue.cpp
void enter_cgroup(Init& init, const Step& step);
void join_namespace(Init& init, const Step& step);
void new_time_namespace(Init& init, const Step& step);
void write_time_offsets(Init& init, const Step& step);
void enter_time_namespace(Init& init, const Step& step);
void clone(Init& init, const Step& step);

// pid_namespace.cpp
void new_namespaces(Init& init, const Step& step);
void fork_into_namespace(Init& init, const Step& step);

// handover.cpp
void synchronize(Init& init, const Step& step);
void close_descriptors(Init& init, const Step& step);
void wait_for_start(Init& init, const Step& step);
void announce_program(Init& init, const Step& step);

// kernel.cpp
void new_session(Init& init, const Step& step);
void new_keyring(Init& init, const Step& step);
void loopback_up(Init& init, const Step& step);
void new_cgroup_namespace(Init& init, const Step& step);
void open_proc(Init& init, const Step& step);
void close_proc(Init& init, const Step& step);
void write_sysctl(Init& init, const Step& step);
void set_hostname(Init& init, const Step& step);
void set_domainname(Init& init, const Step& step);

// root.cpp
void detach_propagation(Init& init, const Step& step);
void attach_root(Init& init, const Step& step);
void use_root(Init& init, const Step& step);
void move_root(Init& init, const Step& step);
void remove_mount(Init& init, const Step& step);
void enter_root(Init& init, const Step& step);

// mounts.cpp
void open_tree(Init& init, const Step& step);
void new_filesystem(Init& init, const Step& step);
void pick_filesystem(Init& init, const Step& step);
void filesystem_option(Init& init, const Step& step);
void create_filesystem(Init& init, const Step& step);
void reconfigure(Init& init, const Step& step);
void take_tree(Init& init, const Step& step);
void find_mount(Init& init, const Step& step);
void set_attributes(Init& init, const Step& step);
void set_propagation(Init& init, const Step& step);
void map_ids(Init& init, const Step& step);
void take_mode(Init& init, const Step& step);
void place(Init& init, const Step& step);

void label_mount(Init& init, const Step& step);

// copy_up.cpp
void copy_up(Init& init, const Step& step);

// protect.cpp
void protect_path(Init& init, const Step& step);
void mask_path(Init& init, const Step& step);

// devices.cpp
void check_device(Init& init, const Step& step);
void make_device(Init& init, const Step& step);
void make_symlink(Init& init, const Step& step);
void open_null(Init& init, const Step& step);

// streams.cpp
void replace_null(Init& init, const Step& step);

// terminal.cpp
void open_terminal(Init& init, const Step& step);

// directory.cpp
void make_working_directory(Init& init, const Step& step);
void change_directory(Init& init, const Step& step);

// credentials.cpp
void become_namespace_root(Init& init, const Step& step);
void set_bounding_set(Init& init, const Step& step);
void set_groups(Init& init, const Step& step);
void set_ids(Init& init, const Step& step);
void set_capabilities(Init& init, const Step& step);
void set_ambient(Init& init, const Step& step);
void set_no_new_privileges(Init& init, const Step& step);

// limits.cpp
void allow_cores(Init& init, const Step& step);
void set_rlimit(Init& init, const Step& step);

// policy.cpp
void set_affinity(Init& init, const Step& step);
void set_umask(Init& init, const Step& step);
void set_label(Init& init, const Step& step);
void set_personality(Init& init, const Step& step);
void set_memory_policy(Init& init, const Step& step);
void set_io_priority(Init& init, const Step& step);

// hook.cpp
void run_hook(Init& init, const Step& step);

// execute.cpp
void find_program(Init& init, const Step& step);
void execute(Init& init, const Step& step);

// seccomp.cpp
void start_hand_over(Init& init, const Step& step);
void load_seccomp(Init& init, const Step& step);

}  // namespace berth::init
