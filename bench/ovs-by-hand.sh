#!/bin/bash
# What an engineer types for guests' ports on a network's bridge, as a script without sudo: one ovs-vsctl per port, and
# for a guest that may send only from its own addresses, one ovs-ofctl with its flows.
#   ovs-by-hand.sh BRIDGE FOLDER [--may-exist], with OVS_RUNDIR in the environment.
#   FOLDER/ports: one port name per line; FOLDER/flows/NAME: its flows, if any.
# Prints how many microseconds the ports and the flows took.
bridge=$1 folder=$2 exists=${3-}
mapfile -t ports <"$folder/ports"
start=${EPOCHREALTIME/./}
for port in "${ports[@]}"; do
	if [ "$exists" ]; then
		ovs-vsctl "$exists" add-port "$bridge" "$port" || exit
	else
		ovs-vsctl add-port "$bridge" "$port" -- set Interface "$port" "external_ids:vflane-role=$port" || exit
	fi
done
between=${EPOCHREALTIME/./}
if [ -d "$folder/flows" ]; then
	for port in "${ports[@]}"; do
		ovs-ofctl --names add-flows "$bridge" "$folder/flows/$port" || exit
	done
fi
echo $((between - start)) $((${EPOCHREALTIME/./} - between))
