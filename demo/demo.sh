#!/bin/sh
# The main job, from an empty machine: first on simulated hosts, then on a real kernel. --sim stops before the kernel.
set -eu
cd "$(dirname "$0")/.."
checkout=$PWD
vflane=$checkout/bin/vflane
work=$(mktemp -d)
VFLANE_STATE_DIR=$work/state
export VFLANE_STATE_DIR
cp demo/sim.yaml demo/lab.yaml "$work"
cd "$work"

lab_is_up=
clean_up() {
	status=$?
	trap - EXIT
	[ -z "$lab_is_up" ] || "$vflane" lab down --purge >/dev/null || true
	cd / && rm -rf "$work"
	exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }

# Shows a command, runs it, and holds it to the exit code it must end with.
expect() {
	wanted=$1
	shift
	printf '\033[36m$ vflane %s\033[0m\n' "$*"
	got=0
	"$vflane" "$@" || got=$?
	[ "$got" -eq "$wanted" ] || { echo "demo: exit code $got, $wanted was due" >&2; exit 1; }
}

say "Two simulated hosts. What would be done? (exit code 2: there is something to do)"
expect 2 plan -f sim.yaml
say "Do it, look again, and look at the cards"
expect 0 apply -f sim.yaml --yes
expect 0 verify -f sim.yaml
expect 0 show alpha -f sim.yaml
say "Somebody changes a VLAN behind our back: that is drift (exit code 2), and apply mends it"
expect 0 sim exec alpha -f sim.yaml -- ip link set dev enp3s0f0np0 vf 0 vlan 99
expect 2 verify -f sim.yaml
expect 0 apply -f sim.yaml --yes
say "A command fails in the middle: everything is taken back, and the look at the end says so (exit code 5)"
expect 0 destroy -f sim.yaml --host beta --yes
expect 0 sim fail beta -f sim.yaml --at 9 --how error
expect 5 apply -f sim.yaml --host beta --yes
say "A reboot forgets everything; the file does not"
expect 0 sim reboot alpha -f sim.yaml
expect 2 verify -f sim.yaml --host alpha
expect 0 apply -f sim.yaml --yes
say "And away with it: each host as it was found"
expect 0 destroy -f sim.yaml --yes
expect 0 status -f sim.yaml

case " $* " in *" --sim "*) exit 0 ;; esac
sh "$checkout/setup.sh" lab

say "A real Debian 13 kernel with an emulated SR-IOV card (the first time its image is built: some minutes)"
lab_is_up=yes
expect 0 lab up --hosts 1
expect 2 plan -f lab.yaml
expect 0 apply -f lab.yaml --yes
expect 0 verify -f lab.yaml
say "Two guests on one network reach each other; a guest of another network reaches neither"
expect 0 lab ssh alpha -- ip netns exec web ping -c 3 -i 0.2 192.168.10.4
expect 0 lab ssh alpha -- ip -n tv addr add 192.168.10.9/24 dev household
expect 1 lab ssh alpha -- ip netns exec tv ping -c 3 -i 0.2 -W 1 192.168.10.4
say "That address was drift too"
expect 2 verify -f lab.yaml
expect 0 apply -f lab.yaml --yes
say "And away with it"
expect 0 destroy -f lab.yaml --yes
expect 0 lab down --purge
