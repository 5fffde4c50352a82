/**
 * What systemd runs whenever ovs-vswitchd has started. The daemon says that it has only after its first look at the
 * database (bridge.c, bridge_run: daemonize_complete), so that every bridge is there; and what is ordered after the unit
 * starts only after this. The minus sign: a failure for one bridge must not keep the others down.
 */
export function dropInText(script: string): string {
  return `# Written by vflane, and taken away with the last of its bridges.
[Service]
ExecStartPost=-/usr/bin/timeout 120 /bin/sh ${script}
`;
}

/** The same for every host and every bridge: the differences are in the files beside it. */
export const putBackScript = `#!/bin/sh
# Written by vflane, and taken away with the last of its bridges.
# Puts back the OpenFlow flows of each bridge, which ovs-vswitchd forgets: until then it forwards nothing.
cd "\${0%/*}" || exit
failed=0

# The lines without those of ports that the bridge has not: one guest that is gone keeps no other from its flows.
without_missing_ports='
	BEGIN { has["LOCAL"] }
	NR == FNR { if (split($0, part, /[()]/) > 2 && part[3] ~ /^: addr:/) has[part[2]]; next }
	/in_port=/ { port = $0; sub(/.*in_port="?/, "", port); sub(/[", ].*/, "", port); if (!(port in has)) next }
	{ print }'

put_back_others() {
	ports=$(ovs-ofctl --names show "$1") || return
	printf '%s\\n' "$ports" | awk "$without_missing_ports" - "$2" | ovs-ofctl --names --bundle replace-flows "$1" -
}

for file in *.flows; do
	[ -f "$file" ] || continue
	bridge=\${file%.flows}
	ovs-ofctl --names --bundle replace-flows "$bridge" "$file" && continue
	put_back_others "$bridge" "$file" && echo "vflane: $bridge lacks a port, and has the flows of the others" >&2 && continue
	echo "vflane: $bridge has no flows and forwards nothing" >&2
	failed=1
done
exit "$failed"
`;
