#!/bin/bash
# In the machine of ./dev vm: shows the checkout at its own path, runs the command, tells the host its exit
# code, and powers off. The files `command`, `environment`, `checkout`, `directory` and `user` are from run.py.
job=/run/berth-vm
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8

run_command() {
  local checkout directory user words variables
  checkout=$(<$job/checkout) directory=$(<$job/directory) user=$(<$job/user)
  mapfile -d '' -t words <$job/command
  mapfile -d '' -t variables <$job/environment
  mkdir -p "$checkout" && mount -t hostfs -o "$checkout" none "$checkout" && cd "$directory" || return 125
  if [[ $user == root ]]; then
    env HOME=/root USER=root "${variables[@]}" "${words[@]}"
    return
  fi
  # A unit of the user's own systemd, in a cgroup that is delegated to the user.
  local uid runtime
  uid=$(id -u "$user") runtime=/run/user/$uid
  loginctl enable-linger "$user" && systemctl start "user@$uid.service" || return 125
  setpriv --reuid "$user" --regid "$user" --init-groups --inh-caps=-all \
    env -i PATH="$PATH" HOME="/home/$user" USER="$user" XDG_RUNTIME_DIR="$runtime" \
    systemd-run --user --quiet --collect --pipe --wait --service-type=exec -p Delegate=yes \
    -p WorkingDirectory="$directory" -E XDG_RUNTIME_DIR="$runtime" -- env "${variables[@]}" "${words[@]}"
}

# The machine's terminals are pipes of the host. The command gets pipes, too, and no terminal. What it leaves
# behind may hold them, so they are given up two seconds after its end.
stty raw -echo </dev/tty1
stty raw -echo </dev/tty2
mkfifo /run/stdout /run/stderr
cat </run/stdout >/dev/tty1 & out=$!
cat </run/stderr >/dev/tty2 & err=$!
(run_command) </dev/null >/run/stdout 2>/run/stderr
status=$?
for relay in $out $err; do timeout 2 tail --pid="$relay" --sleep-interval=0.05 -f /dev/null; done
echo $status >$job/status.new
mv $job/status.new $job/status
systemctl poweroff --force --force
