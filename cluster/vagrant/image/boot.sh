#!/bin/sh
# Process 1 of the container until systemd takes its place.
#
# The container's control groups are its own (--cgroupns=private) and are mounted read-only; systemd needs
# to write there. The host's own folder is not lent to it: then all machines would share one tree, and the
# services of one would be those of the others.
awk '$2 ~ /^\/sys\/fs\/cgroup/ && ($3 == "cgroup" || $3 == "cgroup2") { print $2 }' /proc/mounts |
while read -r mounted; do
  mount -o remount,bind,rw "$mounted" || echo "$mounted stays read-only" >&2
done
if [ -n "${LOGIN_KEY-}" ]; then
  install -d -o vagrant -g vagrant -m 700 /home/vagrant/.ssh
  printf '%s\n' "$LOGIN_KEY" > /home/vagrant/.ssh/authorized_keys
  chown vagrant:vagrant /home/vagrant/.ssh/authorized_keys
  chmod 600 /home/vagrant/.ssh/authorized_keys
  unset LOGIN_KEY
fi
exec /sbin/init "$@"
