#!/bin/sh
# The main task, from an empty machine: first on simulated hosts, then on real kernels. --sim stops before the latter.
set -eu
cd "$(dirname "$0")/.."
checkout=$PWD
vflane=$checkout/bin/vflane
work=$(mktemp -d)
VFLANE_STATE_DIR=$work/state
export VFLANE_STATE_DIR
cp demo/*.yaml "$work"
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

# Shows a command, runs it, and checks its exit code.
expect() {
	wanted=$1
	shift
	printf '\033[36m$ vflane %s\033[0m\n' "$*"
	got=0
	"$vflane" "$@" || got=$?
	[ "$got" -eq "$wanted" ] || { echo "demo: exit code $got, $wanted was due" >&2; exit 1; }
}

# web pings db ten times a second for this many seconds, in the background.
talk_for() {
	printf '\033[36m$ vflane lab ssh alpha -- ip netns exec web ping -D -i 0.1 -w %s 192.168.10.4 &\033[0m\n' "$1"
	"$vflane" lab ssh alpha -- ip netns exec web ping -D -i 0.1 -w "$1" 192.168.10.4 >ping.txt &
	talking=$!
	sleep 2
}

how_it_went() {
	wait "$talking" || true
	awk -f "$checkout/demo/longest-silence.awk" ping.txt
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

say "Overlays: why is nothing offloaded on gpu2? (exit code 4: apply would refuse)"
expect 4 plan -f overlay.yaml --host gpu2
say "On a kernel built with the missing option it is, and a host without such a card joins in software"
expect 0 apply -f overlay.yaml --host gpu1 --host old1 --yes
expect 0 verify -f overlay.yaml --host gpu1 --host old1
expect 0 destroy -f overlay.yaml --yes

case " $* " in *" --sim "*) exit 0 ;; esac
sh "$checkout/setup.sh" lab

say "Two real Debian 13 kernels, each with an emulated SR-IOV card, on two switches (the first time their image is built: some minutes)"
lab_is_up=yes
expect 0 lab up lab.yaml
expect 2 plan -f lab.yaml
expect 0 apply -f lab.yaml --yes
expect 0 verify -f lab.yaml

say "Traffic on two networks, from host to host"
expect 0 lab ssh alpha -- ip netns exec web ping -c 3 -i 0.2 192.168.10.4
expect 0 lab ssh alpha -- ip netns exec tv ping -c 3 -i 0.2 10.3.0.6
say "A guest of one network that takes an address of the other reaches nobody there (exit code 1 of ping)"
expect 0 lab ssh alpha -- ip -n tv addr add 192.168.10.9/24 dev household
expect 1 lab ssh alpha -- ip netns exec tv ping -c 3 -i 0.2 -W 1 192.168.10.4
say "That address was drift (exit code 2), and apply takes it away"
expect 2 verify -f lab.yaml
expect 0 apply -f lab.yaml --yes

say "The cable of port 0 is cut while web talks to db"
talk_for 20
expect 0 lab cable alpha 0 cut
sleep 6
expect 0 lab cable alpha 0 join
how_it_went
say "Switch A dies behind live links, and comes back"
talk_for 20
expect 0 lab switch A dead
sleep 6
expect 0 lab switch A alive
how_it_went

say "A guest more on beta; web and db go on talking meanwhile"
expect 0 verify -f lab.yaml
talk_for 25
expect 0 apply -f lab-and-cam.yaml --host beta --yes
how_it_went
expect 0 lab ssh alpha -- ip netns exec web ping -c 3 -i 0.2 192.168.10.5
say "Take that back, and then all of it: each host as it was found"
expect 0 undo -f lab-and-cam.yaml --host beta --yes
expect 0 destroy -f lab.yaml --yes
expect 0 lab down --purge
