#!/bin/sh
# Draws the pictures of this folder anew from what the lab measures: a few minutes on two quiet processors.
set -eu
cd "$(dirname "$0")/../.."
pictures=$PWD/docs/pictures
vflane=$PWD/bin/vflane
work=$(mktemp -d)
cp demo/lab.yaml "$work"
cd "$work"
VFLANE_STATE_DIR=$work/state
export VFLANE_STATE_DIR
trap '"$vflane" lab down --purge >/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

"$vflane" lab up lab.yaml
"$vflane" apply -f lab.yaml --yes
"$vflane" test failover -f lab.yaml --how switch --times 5 --between web --between db --yes --max-outage 500ms
"$vflane" report -f lab.yaml --svg charts
for theme in '' -dark; do
	cp "charts/failover-1$theme.svg" "$pictures/failover$theme.svg"
	cp "charts/throughput$theme.svg" "$pictures/throughput$theme.svg"
done
