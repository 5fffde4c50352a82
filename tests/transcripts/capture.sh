#!/bin/bash
# Run as root inside a host of the lab, fresh from `vflane lab up`: queries the real kernel and igb card, and leaves the
# answers in /root/transcripts. The simulated host's answers are compared with them.
out=/root/transcripts
pf0=0000:01:00.0 pf1=0000:01:00.1 vf00=0000:01:10.0 vf01=0000:01:10.2
sys=/sys/bus/pci/devices
table=$out/debian-13-igb.md
mkdir -p "$out"
export LC_ALL=C.UTF-8

errno() {
  case $1 in
  *'Numerical result out of range'*) echo ERANGE ;; *'Device or resource busy'*) echo EBUSY ;;
  *'Invalid argument'*) echo EINVAL ;; *'Operation not supported'*) echo EOPNOTSUPP ;;
  *'No such device'*) echo ENODEV ;; *'File exists'*) echo EEXIST ;; *'No such file'*) echo ENOENT ;;
  *'Permission denied'*) echo EACCES ;; *'Operation not permitted'*) echo EPERM ;;
  *'Cannot assign requested address'*) echo EADDRNOTAVAIL ;; *'Protocol not supported'*) echo EPROTONOSUPPORT ;;
  *'Network is down'*) echo ENETDOWN ;; *) echo ;;
  esac
}

# row LABEL COMMAND...: runs it and records the exit code, both outputs and the kernel's log.
row() {
  local label=$1 said code log
  shift
  dmesg -C
  said=$("$@" 2>&1)
  code=$?
  log=$(dmesg | sed -E 's/^\[ *[0-9.]+\] //' | grep -E 'VF|igb|bond|vfio|mtu|SR-IOV' | head -4)
  printf '| `%s` | %s | %s | %s | %s |\n' "$label" "$code" "$(errno "$said")" "$(cell "$said")" "$(cell "$log")" >>"$table"
}
cell() { printf '%s' "$1" | sed -e 's/|/\\|/g' -e 's/.*/`&`/' | paste -sd'~' | sed 's/~/<br>/g'; }
# tee prints write(2)'s error text itself; a shell's echo would add a line number.
put() { printf '%s' "$1" | tee "$2" >/dev/null; }
w() { row "write \"$1\" to ${2#/sys/bus/pci/}" put "$1" "$2"; }
i() { row "ip $*" ip "$@"; }
title() { printf '\n## %s\n\n| command | exit | errno | says | kernel log |\n| --- | --- | --- | --- | --- |\n' "$1" >>"$table"; }
reset() {
  for pf in $pf0 $pf1; do
    put 0 $sys/$pf/sriov_numvfs
    put 0 $sys/$pf/sriov_drivers_autoprobe
    put 2 $sys/$pf/sriov_numvfs
  done
}

printf '# Debian 13 with an igb card: what the kernel answers\n\nKernel %s, %s, %s, card: QEMU igb, two ports, fresh boot.\n`write` is write(2) on a file of sysfs: its errno is what counts.\n' \
  "$(uname -r)" "$(ip -V)" "$(ethtool --version)" >"$table"

title 'numvfs'
put 0 $sys/$pf0/sriov_drivers_autoprobe
w 8 $sys/$pf0/sriov_numvfs
w -1 $sys/$pf0/sriov_numvfs
w abc $sys/$pf0/sriov_numvfs
w 2 $sys/$pf0/sriov_numvfs
w 3 $sys/$pf0/sriov_numvfs
w 2 $sys/$pf0/sriov_numvfs
w 0 $sys/$pf0/sriov_numvfs
w 7 $sys/$pf0/sriov_numvfs
w 0 $sys/$pf0/sriov_numvfs
w 0 $sys/$pf0/sriov_numvfs
w 2 $sys/$pf0/sriov_drivers_autoprobe
w 0 $sys/$pf0/sriov_totalvfs
reset
ip link set enp1s0f0 up
ip link set enp1s0f1 up

title 'ip link set PF vf'
for set in 'vf 0 mac 02:11:22:33:44:00' 'vf 0 vlan 40' 'vf 0 vlan 40 qos 3' 'vf 0 vlan 40 proto 802.1ad' 'vf 0 vlan 4095' \
  'vf 0 vlan 4096' 'vf 0 vlan 0' 'vf 0 spoofchk on' 'vf 0 spoofchk off' 'vf 0 trust on' 'vf 0 trust off' \
  'vf 0 state enable' 'vf 0 state disable' 'vf 0 state auto' 'vf 0 rate 100' 'vf 0 max_tx_rate 100' \
  'vf 0 max_tx_rate 2000' 'vf 0 max_tx_rate 0' 'vf 0 min_tx_rate 10' 'vf 0 max_tx_rate 10 min_tx_rate 20' \
  'vf 0 query_rss on' 'vf 0 node_guid 00:11:22:33:44:55:66:77' 'vf 0 mac 01:00:5e:00:00:01' 'vf 0 mac 00:00:00:00:00:00' \
  'vf 9 vlan 1' 'vf 9 mac 02:11:22:33:44:09' 'vf 2 vlan 1' 'vf 9 spoofchk on' 'vf 9 trust on' 'vf 9 rate 100' 'vf x vlan 1'; do
  # shellcheck disable=SC2086
  i link set enp1s0f0 $set
done
i link set enp9s9 vf 0 vlan 1
i link set mgmt0 vf 0 vlan 1
i link set mgmt0 vf 0 mac 02:11:22:33:44:00

title 'Links'
i link set enp1s0f0 mtu 9216
i link set enp1s0f0 mtu 9217
i link set enp1s0f0 mtu 9300
i link set enp1s0f0 mtu 60
i link set enp1s0f0 mtu 1500
i link set nosuch up
i link add bond9 type bond mode active-backup fail_over_mac active num_grat_arp 3 miimon 100
i link add bond9 type bond
i link set enp1s0f0 master bond9
i link set enp1s0f1 down
i link set enp1s0f1 master bond9
i link set enp1s0f1 master bond9
i link set bond9 type bond mode 802.3ad
i link set bond9 type bond primary enp1s0f1
i link set bond9 type bond primary nosuch
i link set enp1s0f1 nomaster
i link del bond9
i link del bond9
i link add bond9 type bond mode active-backup miimon 100 arp_interval 100 arp_ip_target 10.9.9.254
i link del bond9
i link add bond9 type bond mode 802.3ad arp_interval 100 arp_ip_target 10.9.9.254
i link add bond9 type bond mode active-backup arp_validate all
i link del bond9
i link set enp1s0f1 up
i addr add 10.9.9.1/24 dev enp1s0f1
i addr add 10.9.9.1/24 dev enp1s0f1
i addr del 10.9.9.9/24 dev enp1s0f1
i addr del 10.9.9.1/24 dev enp1s0f1

title 'Drivers'
w $vf00 /sys/bus/pci/drivers_probe
row "readlink $vf00/driver" readlink $sys/$vf00/driver
w igbvf $sys/$vf00/driver_override
w $vf00 /sys/bus/pci/drivers_probe
row 'modprobe igbvf' modprobe igbvf
w $vf00 /sys/bus/pci/drivers_probe
row "readlink $vf00/driver" readlink $sys/$vf00/driver
w $vf00 /sys/bus/pci/drivers_probe
w $vf00 /sys/bus/pci/drivers/igbvf/bind
w $vf00 /sys/bus/pci/drivers/igb/bind
row 'modprobe vfio-pci' modprobe vfio-pci
w $vf01 /sys/bus/pci/drivers/vfio-pci/bind
w igbvf $sys/$vf01/driver_override
w $vf01 /sys/bus/pci/drivers/vfio-pci/bind
w vfio-pci $sys/$vf01/driver_override
w $vf01 /sys/bus/pci/drivers/vfio-pci/bind
row "readlink $vf01/driver" readlink $sys/$vf01/driver
row 'ls /dev/vfio' ls /dev/vfio
w $vf01 $sys/$vf01/driver/unbind
w $vf01 /sys/bus/pci/drivers/vfio-pci/unbind
w '' $sys/$vf01/driver_override
printf '\n' | tee $sys/$vf01/driver_override >/dev/null
row "cat driver_override after writing a newline" cat $sys/$vf01/driver_override
w 0000:01:1f.7 /sys/bus/pci/drivers_probe
w nonsense /sys/bus/pci/drivers/igbvf/bind
w 0 $sys/$pf0/sriov_drivers_autoprobe
w 0 $sys/$vf00/sriov_numvfs

title 'Batches and namespaces'
batch() { printf 'link set enp1s0f0 vf 0 vlan 41\nlink set enp1s0f0 vf 9 vlan 1\nlink set enp1s0f0 vf 0 vlan 42\n' | ip "$@" -batch -; }
syntax() { printf 'link set enp1s0f0 vf 0 vlan 43\nlink set enp1s0f0 nonsense\n' | ip -batch -; }
row 'ip -batch - (line 2 of 3 fails)' batch
row 'ip -force -batch - (the same)' batch -force
row 'ip -batch - (line 2 is no command)' syntax
i netns add g40
i netns add g40
i netns del nosuch
i netns exec nosuch true
i link add va type veth peer name vb
i link add va type veth peer name vb
i link set vb netns g40 name eth0
i link set va netns g40 name eth0
i link set va netns nosuch
i link set va name name-of-16-chars
i link set enp1s0f0v0 netns g40 name eth1
i -n g40 link set eth1 up
i -n g40 link set eth1 name eth2
i -n g40 link set eth2 address 02:de:ad:00:00:01
i link set enp1s0f0 vf 0 mac 02:aa:00:00:00:99
i -n g40 link show eth2
i -n g40 link set eth2 address 02:de:ad:00:00:01
i -n g40 link add link eth2 name eth2.50 type vlan id 50
i netns del g40
row 'sleep 1; ip link show enp1s0f0v0' sh -c 'sleep 1; ip link show enp1s0f0v0'
row 'ip -br link' ip -br link

title 'A bond over two VFs with MACs of their own'
for pf in 0 1; do
  ip link set enp1s0f$pf vf 1 mac 02:aa:00:00:0$pf:01
  ip link set enp1s0f$pf vf 1 vlan 41
  put igbvf $sys/0000:01:10.$((pf + 2))/driver_override
  w 0000:01:10.$((pf + 2)) /sys/bus/pci/drivers_probe
done
udevadm settle
i link add bond9 type bond mode active-backup miimon 100
i link set enp1s0f0v1 master bond9
i link set enp1s0f1v1 master bond9
i link set bond9 type bond fail_over_mac active
i link set enp1s0f0v1 nomaster
i link set bond9 type bond fail_over_mac active
i link set enp1s0f0v1 master bond9
i link set enp1s0f1v1 master bond9
i link set bond9 up
i link set enp1s0f0v1 down
i -br link show master bond9
w 0 $sys/$pf0/sriov_numvfs
i -br link show master bond9
i link del bond9

title 'What is not there'
row 'devlink dev show' devlink dev show
row 'devlink dev eswitch show pci/0000:01:00.0' devlink dev eswitch show pci/$pf0
row 'devlink -j dev' devlink -j dev
row 'cat phys_switch_id' cat /sys/class/net/enp1s0f0/phys_switch_id
row 'cat phys_port_name' cat /sys/class/net/enp1s0f0/phys_port_name
row 'ethtool -l enp1s0f0' ethtool -l enp1s0f0
row 'ethtool -L enp1s0f0 combined 1' ethtool -L enp1s0f0 combined 1
row 'ethtool -L enp1s0f0 combined 64' ethtool -L enp1s0f0 combined 64
row 'ethtool --json -l enp1s0f0' ethtool --json -l enp1s0f0
row 'ethtool -K enp1s0f0 hw-tc-offload on' ethtool -K enp1s0f0 hw-tc-offload on
row 'ethtool -i enp1s0f0' ethtool -i enp1s0f0
row 'modprobe nosuch' modprobe nosuch

# The shapes: two VFs on each port, the first with its driver, the second without.
ip link del va 2>/dev/null
reset
for pf in 0 1; do
  ip link set enp1s0f$pf vf 0 mac 02:aa:00:00:0$pf:00 vlan 40 spoofchk on
  ip link set enp1s0f$pf vf 1 mac 02:aa:00:00:0$pf:01 vlan 41 qos 3 max_tx_rate 100
  ip link set enp1s0f$pf vf 1 trust on
  put igbvf $sys/0000:01:10.$pf/driver_override
  put 0000:01:10.$pf /sys/bus/pci/drivers_probe
done
udevadm settle
sleep 2
ip -j -d addr show >"$out/debian-13-igb-addr.json"
ip -d addr show >"$out/debian-13-igb-addr.txt"
{
  for device in $pf0 $vf00 $vf01; do
    echo "# ls -l $sys/$device/"
    ls -l $sys/$device/
  done
  echo '# grep . of the short files'
  for device in $pf0 $vf00 $vf01; do
    (cd $sys && grep -sH . $device/{vendor,device,subsystem_vendor,subsystem_device,class,revision,numa_node,driver_override,sriov_*,current_link_*,max_link_*,local_cpulist,enable,msi_bus,power_state,modalias})
    for link in driver iommu_group physfn virtfn0 virtfn1; do
      [ -L $sys/$device/$link ] && echo "$device/$link -> $(readlink $sys/$device/$link)"
    done
    ls $sys/$device/net 2>/dev/null | sed "s|^|$device/net/|"
  done
} >"$out/debian-13-igb-sysfs.txt"

# A guest in a namespace: a bond over a VF of each port, with ARP monitoring.
ip netns add g40
for pf in 0 1; do
  vf=$(ls $sys/0000:01:10.$pf/net)
  ip -j link show "$vf" | grep -o '"altnames":\[[^]]*\]' | grep -oE 'en[a-z0-9]+' | while read -r name; do
    ip link property del dev "$vf" altname "$name"
  done
  ip link set "$vf" netns g40 name eth$pf
done
ip -n g40 link add bond0 type bond mode active-backup fail_over_mac active num_grat_arp 3 \
  arp_interval 100 arp_ip_target 10.40.0.254 arp_validate all
ip -n g40 link set eth0 master bond0
ip -n g40 link set eth1 master bond0
ip -n g40 link set bond0 type bond primary eth0
ip -n g40 addr add 10.40.0.1/24 dev bond0
ip -n g40 link set lo up
ip -n g40 link set bond0 up
sleep 3
ip -n g40 -j -d addr show >"$out/debian-13-igb-bond-addr.json"
ip -n g40 -d addr show >"$out/debian-13-igb-bond-addr.txt"
ip netns exec g40 cat /proc/net/bonding/bond0 >"$out/debian-13-igb-bond-proc.txt"
ip -j netns list >"$out/debian-13-netns.json"
ip -j -d link show enp1s0f0 >"$out/debian-13-igb-pf-guest-in-netns.json"
