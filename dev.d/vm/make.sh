#!/usr/bin/env bash
# Makes, once, the machine that run.py boots: a kernel for user-mode Linux (a Linux that is a process of
# this machine, so that it needs no KVM), and a disk with systemd, from Debian packages. As root.
# usage: make.sh CACHE
# environment:
#   BERTH_VM_KERNEL   a kernel that was built elsewhere with kernel.config; .xz: packed
#   BERTH_VM_COMPILE  no: fails if the kernel would have to be compiled
#   BERTH_VM_SUITE    the Debian suite that the kernel's source is from
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$1
# Up to 6.12, user-mode Linux dies on processors with large registers; from 6.19 on, it has cpusets.
suite=${BERTH_VM_SUITE:-sid}

packages=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,uidmap,busybox-static,iproute2,procps
packages+=,kmod,mount,util-linux,strace,jq,libseccomp2,libcap2,libcap-ng0,libsystemd0,python3,gcc,libc6-dev,crun,runc

say() { printf 'vm: %s\n' "$*" >&2; }
die() { say "$*" && exit 1; }

# stamp WORD|FILE...: names what a part was made of, so that it is made again when that changes.
stamp() {
  local each
  for each; do if [[ -f $each ]]; then cat "$each"; else echo "$each"; fi; done | sha256sum | cut -c -16
}

take_kernel() {
  case $BERTH_VM_KERNEL in
    *.xz) xz -dc "$BERTH_VM_KERNEL" ;;
    *) cat "$BERTH_VM_KERNEL" ;;
  esac >"$work/kernel"
  chmod 755 "$work/kernel"
  mv "$work/kernel" "$cache/kernel"
}

# from_suite COMMAND...: apt-get or apt-cache with the lists of $suite instead of this machine's.
from_suite() {
  local program=$1 lists=$work/apt
  shift
  if [[ ! -e $lists/sources ]]; then
    mkdir -p "$lists"/{lists,cache/archives}/partial
    local archive
    archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/\?$')
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" >"$lists/sources"
    from_suite apt-get update -q >/dev/null
  fi
  "$program" -o Dir::Etc::SourceList="$lists/sources" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$lists/lists" -o Dir::Cache="$lists/cache" -o APT::Sandbox::User=root "$@"
}

build_kernel() {
  local version source
  version=$(from_suite apt-cache policy linux-source | sed -n 's/^ *Candidate: //p')
  dpkg --compare-versions "$version" ge 6.19 || die "linux-source of $suite is $version; 6.19 is needed"
  source=linux-source-$(cut -d . -f 1,2 <<<"$version")
  say "kernel: compiling $source $version of $suite, which takes about 25 minutes of CPU time"
  mkdir "$work/linux"
  (cd "$work" && from_suite apt-get download -q "$source" >/dev/null)
  dpkg-deb --fsys-tarfile "$work/$source"_*.deb | tar -xO "./usr/src/$source.tar.xz" |
    tar -xJ -C "$work/linux" --strip-components=1
  (
    cd "$work/linux"
    export ARCH=um
    make -s defconfig
    scripts/kconfig/merge_config.sh -m .config "$here/kernel.config"
    make -s olddefconfig
    make -s -j"$(nproc)" linux
  ) >"$cache/kernel.log" 2>&1 || { tail -20 "$cache/kernel.log" >&2 && die "the kernel does not compile: $cache/kernel.log"; }
  strip -o "$work/kernel" "$work/linux/linux"
  mv "$work/kernel" "$cache/kernel"
}

build_disk() {
  local root=$work/root unit
  say "disk: $suite_here with ${packages//,/ }"
  mkdir "$root"
  mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt='APT::Sandbox::User "root"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$suite_here" "$root"
  chroot "$root" useradd --create-home --shell /bin/bash --uid 1000 user
  echo user:100000:65536 | tee "$root/etc/subuid" >"$root/etc/subgid"
  echo vm >"$root/etc/hostname"
  echo 127.0.0.1 localhost vm >"$root/etc/hosts"
  : >"$root/etc/fstab"
  # The machine runs one command: nobody logs in, no hardware appears, nothing is done at certain times.
  rm -rf "$root"/etc/systemd/system/*.wants
  mkdir -p "$root"/etc/systemd/{system-generators,system/user@.service.d,system.conf.d}
  for unit in "$root"/usr/lib/systemd/system-generators/*; do
    ln -s /dev/null "$root/etc/systemd/system-generators/${unit##*/}"
  done
  for unit in getty@ serial-getty@ modprobe@ systemd-{update-utmp,firstboot,machine-id-commit,random-seed,binfmt} \
    systemd-{journal-flush,sysctl,sysusers,modules-load,remount-fs,pstore,tmpfiles-setup-dev} kmod-static-nodes; do
    ln -s /dev/null "$root/etc/systemd/system/$unit.service"
  done
  printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >"$root/etc/systemd/system/user@.service.d/delegate.conf"
  printf '[Manager]\nShowStatus=no\nLogLevel=notice\n' >"$root/etc/systemd/system.conf.d/quiet.conf"
  install -m 755 "$here/boot.sh" "$root/usr/local/sbin/berth-vm"
  install -m 644 "$here/berth-vm.service" "$here/berth-vm.target" "$root/etc/systemd/system"
  ln -s berth-vm.target "$root/etc/systemd/system/default.target"
  truncate -s 4G "$work/disk"
  mke2fs -q -F -t ext4 -O ^has_journal -E root_owner=0:0 -d "$root" "$work/disk"
  mv "$work/disk" "$cache/disk"
}

suite_here=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT

[[ $(uname -m) == x86_64 ]] || die "user-mode Linux runs on x86_64 only, and this is $(uname -m)"
kernel_stamp=$(cat "$cache/kernel.stamp" 2>/dev/null || true)
if [[ -n ${BERTH_VM_KERNEL:-} ]]; then
  [[ -r $BERTH_VM_KERNEL ]] || die "BERTH_VM_KERNEL: no file '$BERTH_VM_KERNEL'"
  wanted=$(stamp "$(stat -c '%n %s %Y' "$BERTH_VM_KERNEL")")
  [[ $kernel_stamp == "$wanted" ]] || take_kernel
  echo "$wanted" >"$cache/kernel.stamp"
elif [[ -z $kernel_stamp ]]; then
  [[ ${BERTH_VM_COMPILE:-} != no ]] || die "no kernel in $cache: './dev vm' compiles one, or name one with BERTH_VM_KERNEL"
  build_kernel
  stamp "$here/kernel.config" >"$cache/kernel.stamp"
fi

wanted=$(stamp "$suite_here" "$here"/make.sh "$here"/boot.sh "$here"/berth-vm.*)
if [[ $(cat "$cache/disk.stamp" 2>/dev/null) != "$wanted" ]]; then
  build_disk
  echo "$wanted" >"$cache/disk.stamp"
fi
