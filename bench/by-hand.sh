#!/bin/bash
# What an engineer types to set up guests' VFs (legacy SR-IOV with VLANs), as a script without sudo:
#   by-hand.sh FOLDER VFS, where FOLDER/root stands for the host's files and FOLDER/bin/ip for its ip.
# It cannot see what is already done, so it does everything again each time.
root=$1/root vfs=$2 PATH=$1/bin:$PATH
sys=$root/sys/bus/pci

for pf in enp3s0f0np0 enp3s0f1np1; do
	echo "$vfs" | tee "$root/sys/class/net/$pf/device/sriov_numvfs"
	ip link set mtu 9080 dev "$pf"
done >/dev/null
echo "$(cat "$sys/devices/0000:03:00.2/vendor" "$sys/devices/0000:03:00.2/device")" | tee "$sys/drivers/vfio-pci/new_id" >/dev/null
for pf in 0000:03:00.0 0000:03:00.1; do
	netdevs=("$sys/devices/$pf/net/"*)
	for ((vf = 0; vf < vfs; vf++)); do
		ip link set dev "${netdevs[0]##*/}" vf "$vf" vlan 42
		link=$(readlink "$sys/devices/$pf/virtfn$vf")
		echo "${link##*/}" | tee "$sys/drivers/mlx5_core/unbind"
		echo "${link##*/}" | tee "$sys/drivers/vfio-pci/bind"
	done
done >/dev/null
