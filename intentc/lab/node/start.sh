#!/bin/sh
# Boots a router of a lab: guards, interfaces, accounts, routing. Runs once per boot, after the links are there.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin

# What keeps traffic in stands before traffic can flow, as a unit ordered before the network does it on a real machine.
if [ -x /etc/intentc/boot ]; then
  timeout 60 /etc/intentc/boot guard >/var/log/intentc-boot.log 2>&1 || echo "/etc/intentc/boot failed: $(tail -n 1 /var/log/intentc-boot.log)" >&2
fi

# Segment routing where the kernel has it; containers may not be allowed to write here.
for key in net/mpls/platform_labels=1048575 net/ipv6/conf/all/seg6_enabled=1 net/ipv6/conf/default/seg6_enabled=1; do
  (echo "${key#*=}" >"/proc/sys/${key%=*}") 2>/dev/null
done
for path in /sys/class/net/*; do
  name=${path##*/}
  (echo 1 >"/proc/sys/net/mpls/conf/$name/input") 2>/dev/null
  (echo 1 >"/proc/sys/net/ipv6/conf/$name/seg6_enabled") 2>/dev/null
  ip link set dev "$name" up
done

# netops is an operator who sees nothing but the router's own command line.
if ! grep -q '^netops:' /etc/passwd; then
  echo 'netops:x:2001:2001:network operator:/home/netops:/usr/bin/vtysh' >>/etc/passwd
  echo 'netops:*:19000:0:99999:7:::' >>/etc/shadow
  echo 'netops:x:2001:' >>/etc/group
  sed -i -e 's/^\(frrvty:.*:\)$/\1netops/' -e 's/^\(frrvty:.*[^:]\)$/\1,netops/' -e 's/netops,netops$/netops/' /etc/group
  install -d -o 2001 -g 2001 /home/netops
fi
install -d /run/sshd

install -d -o frr -g frr /run/frr /var/tmp/frr /var/log/frr
chown -R frr:frr /etc/frr
chmod 640 /etc/frr/*
chgrp frrvty /etc/frr/vtysh.conf
. /etc/frr/daemons
start() {
  eval "wanted=\${$1:-no} options=\${$1_options:-}"
  [ "$wanted" != yes ] || nice -n "$2" "/usr/lib/frr/$1" -d $options --log "file:/var/log/frr/$1.log" 2>>/var/log/frr/start.log
}
if ! start zebra 0; then
  echo "zebra did not start: $(tail -n 1 /var/log/frr/start.log)" >&2
  exit 1
fi
for daemon in staticd isisd ospfd ospf6d pbrd pathd; do start "$daemon" 0 & done
start bfdd -15 &  # its timers are hardware's on a real router: a busy machine must not break sessions
wait

# vtysh ends with 0 whatever it read: only its words tell whether the configuration was taken.
rm -f /run/lab-started
vtysh -b >/var/log/frr/boot.log 2>&1
if grep -v 'sending configuration$\| done$' /var/log/frr/boot.log | grep -q .; then
  echo "FRR did not take its start-up configuration: $(grep -v 'sending configuration$\| done$' /var/log/frr/boot.log | tr '\n' ' ')" >&2
  exit 1
fi
: >/run/lab-started

# The rest of what was persisted, as a unit ordered after FRR does it; nothing waits for it.
[ ! -x /etc/intentc/boot ] || setsid /etc/intentc/boot </dev/null >>/var/log/intentc-boot.log 2>&1 &
