#!/bin/sh
# The first process of a node: builds its machine out of this one. Everything is this machine's own, read-only below a layer
# of the node's own that stays over restarts; /run, /tmp and /var/tmp are fresh at every start.
# Usage: init.sh NODE_DIR HOSTNAME is_first|is_restart [SYSCTL=VALUE]... -- [SOURCE TARGET]...
# Prints the process id as the outside sees it as soon as the node is ready.
set -eu
dir=$1 name=$2 start=$3
shift 3
read -r outside _ </proc/self/stat  # this /proc still shows the outside

mkdir -p "$dir/layer" "$dir/work" "$dir/root" "$dir/home"
mount --make-rprivate /
mount -t tmpfs lab "$dir/root"
mkdir "$dir/root/new"
new=$dir/root/new
mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/layer,workdir=$dir/work" "$new"
for part in /usr /var /etc /opt; do  # parts of this machine on file systems of their own
  if mountpoint -q "$part"; then
    mkdir -p "$dir/layers$part" "$dir/works$part"
    mount -t overlay overlay -o "lowerdir=$part,upperdir=$dir/layers$part,workdir=$dir/works$part" "$new$part"
  fi
done
mount -t proc proc "$new/proc"
mount -t sysfs sysfs "$new/sys"
mount --rbind /dev "$new/dev"
mount --bind "$dir/home" "$new/root"
for part in /run /tmp /var/tmp; do
  mount -t tmpfs -o mode=1777 tmpfs "$new$part"
done
mkdir -p "$new/run/lock"

while [ "$1" != -- ]; do
  path=/proc/sys/$(echo "${1%%=*}" | tr . /)
  [ ! -e "$path" ] || echo "${1#*=}" >"$path"  # a kernel without the feature has no such key
  shift
done
shift
if [ "$start" = is_first ]; then
  while [ $# -gt 0 ]; do
    rm -rf "${new:?}$2"
    mkdir -p "$(dirname "$new$2")"
    cp -R "$1" "$new$2"
    shift 2
  done
  echo "$name" >"$new/etc/hostname"
fi

cd "$new"
mkdir tmp/.outside
pivot_root . tmp/.outside
cd /
umount -l /tmp/.outside
rmdir /tmp/.outside
hostname "$name"
ip link set lo up
echo "$outside"
# Ignoring CHLD, the first process reaps what daemons leave behind (dash cannot pass that on by `trap`).
exec env --ignore-signal=CHLD sleep infinity </dev/null >/dev/null 2>&1
