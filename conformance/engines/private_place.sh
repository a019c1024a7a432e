#!/bin/bash
# private_place.sh - runs a command where a container engine can do as it likes and nothing stays.
#
#   private_place.sh [--cgroup v1|hybrid|v2] [--root DIR] [--] COMMAND [ARG...]
#
# COMMAND gets its own mount, pid, net, uts, ipc and cgroup namespaces, and sees: an own /run, /sys
# and /proc; /etc, /opt and /var/lib writable without effect on the host; a tmpfs at $PLACE for its
# files; below /sys/fs/cgroup only cgroups made for it. Everything else is the host's. The exit code
# is COMMAND's. However it ends, its processes end with the pid namespace, the mounts with the mount
# namespace, and this script removes the cgroups; ended by SIGKILL, it still takes the processes along.
#
# --cgroup: what COMMAND finds at /sys/fs/cgroup. Without it: what the host has, but of a hybrid host
# the v1 half, as crun refuses hybrid ones. v2 on a v1 host has no controllers that v1 holds.
# --root: a directory with another Debian, which COMMAND finds at / and can change without effect. It
# sees this checkout and what $SHOWN names in it.
set -u
readonly hierarchy_root=/sys/fs/cgroup

die() {
  echo "private_place: $*" >&2
  exit 125
}

# Prints "MOUNT TYPE CONTROLLERS" of each hierarchy the host has mounted.
list_hierarchies() {
  awk -v root="$hierarchy_root" '
    index($5, root) == 1 {
      for (i = 6; i < NF && $i != "-"; i++) {}
      if ($(i + 1) == "cgroup" || $(i + 1) == "cgroup2") print $5, $(i + 1), $(i + 3)
    }' /proc/self/mountinfo
}

# The directory of our own cgroup in the hierarchy mounted at $1 (of type $2).
own_cgroup() {
  local number controllers path found=""
  while IFS=: read -r number controllers path; do
    if [ "$2" = cgroup2 ]; then
      [ "$number" = 0 ] && found=$path
    else
      case ",${controllers#name=}," in *",${1##*/},"*) found=$path ;; esac
      [ "$controllers" = "${1##*/}" ] && found=$path
    fi
  done < /proc/self/cgroup
  [ -d "$1$found" ] && echo "$1${found%/}" || echo "$1"
}

view_of_host() {
  local types
  types=$(list_hierarchies | cut -d' ' -f2 | sort -u | tr '\n' ' ')
  [ "$types" = "cgroup2 " ] && echo v2 || echo v1
}

# ---- outside ---------------------------------------------------------------------------------------

cgroups=()

make_cgroups() {
  local mount type controllers cgroup
  while read -r mount type controllers; do
    cgroup=$(own_cgroup "$mount" "$type")/berth-place-$$
    mkdir "$cgroup" || die "cannot make $cgroup"
    cgroups+=("$cgroup")
    if [ "$type" = cgroup ] && [ -e "$cgroup/cpuset.cpus" ]; then
      cat "${cgroup%/*}/cpuset.cpus" > "$cgroup/cpuset.cpus"
      cat "${cgroup%/*}/cpuset.mems" > "$cgroup/cpuset.mems"
    elif [ "$type" = cgroup2 ]; then
      mkdir "$cgroup/init" || die "cannot make $cgroup/init"
    fi
  done < <(list_hierarchies)
}

enter_cgroups() { # $1: empty, or the leaf to enter where there is one
  local cgroup
  for cgroup in "${cgroups[@]}"; do
    [ -z "$1" ] || [ -d "$cgroup$1" ] || continue
    echo "$BASHPID" > "$cgroup$1/cgroup.procs" || return 1
  done
}

clean_up() {
  local cgroup _
  [ -n "${inside:-}" ] && kill -KILL "$inside" 2> /dev/null && wait "$inside" 2> /dev/null
  for cgroup in "${cgroups[@]}"; do
    for _ in $(seq 100); do # the last processes of the namespace may still be on their way out
      find "$cgroup" -depth -type d -exec rmdir {} + 2> /dev/null
      [ -d "$cgroup" ] || break
      sleep 0.05
    done
    [ -d "$cgroup" ] && echo "private_place: left behind: $cgroup" >&2
  done
  rmdir "$PLACE" || echo "private_place: left behind: $PLACE" >&2
}

outside() {
  local view="" root=/
  while true; do
    case ${1:-} in
    --cgroup) view=${2:-} ;;
    --root) root=${2:-} ;;
    *) break ;;
    esac
    shift 2
  done
  [ "${1:-}" = -- ] && shift
  [ $# -gt 0 ] || die "usage: private_place.sh [--cgroup v1|hybrid|v2] [--root DIR] [--] COMMAND [ARG...]"
  [ "$(id -u)" = 0 ] || die "needs root"
  view=${view:-$(view_of_host)}
  case $view in v1 | hybrid | v2) ;; *) die "no cgroup view '$view'" ;; esac
  PLACE=$(mktemp -d /tmp/berth-place.XXXXXX) || exit 125
  export PLACE
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  make_cgroups
  # The child joins the cgroups before unshare, so that the cgroup namespace is rooted in them. Its
  # stdin is ours (a job in the background would get /dev/null).
  (
    enter_cgroups "" || exit 125
    exec setpriv --pdeathsig KILL unshare --cgroup "$BASH" "$0" --between "$view" "$root" "${cgroups[*]}" "$@"
  ) <&0 &
  inside=$!
  wait "$inside"
  local code=$?
  inside=""
  exit "$code"
}

# In the cgroup namespace, before the others: a v2 cgroup that is to hand out controllers may hold no
# process, so we go to its leaf.
between() {
  local view=$1 root=$2
  read -ra cgroups <<< "$3"
  shift 3
  enter_cgroups /init || exit 125
  exec unshare --mount --net --pid --uts --ipc --fork --kill-child=KILL --propagation private \
    "$BASH" "$0" --inside "$view" "$root" "$@"
}

# ---- inside: pid 1 of the place --------------------------------------------------------------------

# A copy-on-write view: changes land in the tmpfs and go away with it.
shield() {
  local work=$PLACE/.shield/${1//\//_}
  mkdir -p "$work/upper" "$work/work"
  mount -t overlay -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/work" overlay "$1"
}

delegate_controllers() {
  local controller
  for controller in $(cat "$hierarchy_root/cgroup.controllers"); do
    echo "+$controller" > "$hierarchy_root/cgroup.subtree_control" ||
      echo "private_place: controller $controller cannot be delegated" >&2
  done
}

mount_cgroups() {
  local view=$1 hierarchies=$2 mount type options name
  if [ "$view" = v2 ]; then
    mount -t cgroup2 cgroup2 "$hierarchy_root"
    delegate_controllers
    return
  fi
  mount -t tmpfs -o nosuid,nodev,noexec,mode=755 cgroup "$hierarchy_root"
  while read -r mount type options; do
    [ "$type" = cgroup2 ] && [ "$view" != hybrid ] && continue
    mkdir -p "$mount"
    if [ "$type" = cgroup2 ]; then
      mount -t cgroup2 cgroup2 "$mount"
    else
      name=${options##*name=}
      [ "$name" = "$options" ] && options=${options#rw,} || options=none,name=${name%%,*}
      mount -t cgroup -o "$options" cgroup "$mount"
    fi
  done <<< "$hierarchies"
}

# Makes a copy-on-write view of $1 the root, with the host's devices and what COMMAND is made of.
enter_root() {
  local new=$PLACE/.root checkout shown
  checkout=$(cd "$(dirname "$0")/../.." && pwd)
  mount -t tmpfs -o mode=755 root "$PLACE"
  mkdir "$new" "$PLACE/upper" "$PLACE/work"
  mount -t overlay -o "lowerdir=$1,upperdir=$PLACE/upper,workdir=$PLACE/work" overlay "$new"
  for shown in /dev /sys /proc "$checkout" ${SHOWN:-}; do
    if [ -d "$shown" ]; then mkdir -p "$new$shown"; else mkdir -p "$new${shown%/*}" && touch "$new$shown"; fi
    mount --rbind "$shown" "$new$shown"
  done
  mkdir -p "$new/old" "$new$PLACE"
  cd "$new"
  pivot_root . old
  umount -l /old
  rmdir /old
}

inside() {
  local view=$1 root=$2 hierarchies directory
  shift 2
  set -e
  hierarchies=$(list_hierarchies)
  [ "$root" = / ] || enter_root "$root"
  mount --make-rshared / # as systemd has it; engines ask for shared and slave mounts
  mount -t tmpfs -o mode=755 place "$PLACE"
  for directory in /etc /opt /var/lib; do shield "$directory"; done
  umount -R -l /sys
  mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
  mount_cgroups "$view" "$hierarchies"
  mount -t proc -o nosuid,nodev,noexec proc /proc
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/lock
  hostname berth-place
  ip link set lo up
  set +e
  "$@" # not exec: this shell stays pid 1 and reaps what has lost its parent
  exit $?
}

case ${1:-} in
--between)
  shift
  between "$@"
  ;;
--inside)
  shift
  inside "$@"
  ;;
*) outside "$@" ;;
esac
