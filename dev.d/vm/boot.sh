#!/bin/sh
# In the machine of ./dev vm: the command and its environment are in a directory of the host, whose path is
# a word of the kernel's command line.
set -e
job=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^berth_vm=//p')
mkdir -p /run/berth-vm
mount -t hostfs -o "$job" none /run/berth-vm
exec /run/berth-vm/guest.sh
