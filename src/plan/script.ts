import type { Action, Lookup, Plan, Step, Text } from '../model/plan.ts';

/**
 * A plan as a POSIX sh script that runs alone, as root, on the host it is for. Each kind of lookup is a shell function
 * that waits for its name. Questions about JSON output are left to `vflane verify`: sh reads no JSON.
 */
export function renderScript(plan: Plan): string {
  const title = [
    '#!/bin/sh',
    `# What vflane does on ${plan.host}, in ${plan.steps.length} steps.`,
    '# It stops at the first command that fails, and undoes nothing.',
    'set -eu',
  ];
  return `${[...title, '', functions, ...plan.steps.map(renderStep)].join('\n')}\n`;
}

const functions = `# Waits up to 10 s for a name, and stops the script if there is none.
vflane_wait() {
	vflane_tries=100
	until vflane_name=$("$@") && [ -n "$vflane_name" ]; do
		vflane_tries=$((vflane_tries - 1))
		[ "$vflane_tries" -gt 0 ] || { echo "no answer from: $*" >&2; return 1; }
		sleep 0.1
	done
	printf '%s' "$vflane_name"
}

# The netdev of a PCI function; where representors stand beside it, the uplink.
vflane_netdev_now() {
	set -- "/sys/bus/pci/devices/$1/net"/*
	for vflane_net; do
		[ -e "$vflane_net" ] || continue
		[ "$#" -eq 1 ] || case $(cat "$vflane_net/phys_port_name" 2>/dev/null) in p[0-9]*) case $(cat "$vflane_net/phys_port_name") in *f*) continue ;; esac ;; *) continue ;; esac
		basename "$vflane_net"
		return
	done
}
vflane_netdev() { vflane_wait vflane_netdev_now "$1"; }

# The representor of a VF, by its port name and the PF's switch.
vflane_representor_now() {
	vflane_switch=$(cat "/sys/class/net/$(vflane_netdev_now "$1")/phys_switch_id")
	for vflane_net in /sys/class/net/*; do
		[ "$(cat "$vflane_net/phys_switch_id" 2>/dev/null)" = "$vflane_switch" ] || continue
		[ "$(cat "$vflane_net/phys_port_name" 2>/dev/null)" = "pf\${1##*.}vf$2" ] || continue
		basename "$vflane_net"
		return
	done
}
vflane_representor() { vflane_wait vflane_representor_now "$1" "$2"; }

# The PCI address of a VF.
vflane_vf_now() { basename "$(readlink "/sys/bus/pci/devices/$1/virtfn$2")"; }
vflane_vf() { vflane_wait vflane_vf_now "$1" "$2"; }

vflane_iommu_group() { basename "$(readlink "/sys/bus/pci/devices/$1/iommu_group")"; }

# A PCI address as the attributes of libvirt's <address>.
vflane_libvirt_address() {
	echo "$1" | sed "s/^\\(.*\\):\\(.*\\):\\(.*\\)\\.\\(.*\\)$/domain='0x\\1' bus='0x\\2' slot='0x\\3' function='0x\\4'/"
}

# The RDMA device of a PF.
vflane_rdma_now() { ls "/sys/bus/pci/devices/$1/infiniband"; }
vflane_rdma() { vflane_wait vflane_rdma_now "$1"; }

# Runs a command that may say on stderr, with exit code 0, that it was not done.
vflane_unless() {
	vflane_text=$1
	shift
	vflane_said=$("$@" 2>&1) || { echo "$vflane_said" >&2; return 1; }
	[ -z "$vflane_said" ] || echo "$vflane_said" >&2
	case $vflane_said in *"$vflane_text"*) return 1 ;; esac
}

# One write(2): a kernel attribute takes nothing else.
vflane_write() { printf '%s' "$2" > "$1"; }
`;

function renderStep(step: Step, place: number): string {
  const title = [
    `# ${place + 1}. ${comment(step.why)}`,
    `#    ${comment(step.resource)} ${comment(step.at)}`,
  ];
  return [...title, ...step.actions.flatMap(renderAction), ''].join('\n');
}

/** A comment must not end before its line does. */
function comment(text: string): string {
  return text.replace(/[\n\r]/g, ' ');
}

function renderAction(action: Action): readonly string[] {
  const names = new Names();
  if ('write' in action) {
    const [path, text] = [names.quoted(action.write), names.quoted(action.text)];
    return [...names.assignments, `vflane_write ${path} ${text}`];
  }
  const unless = action.fails === undefined ? '' : `vflane_unless "${escaped(action.fails)}" `;
  const command = unless + action.run.map((word) => names.quoted(word)).join(' ');
  if (action.stdin === undefined) return [...names.assignments, command];
  const lines = splitLines(action.stdin).map((line) => `printf '%s\\n' ${names.quoted(line)}`);
  return [...names.assignments, '{', ...lines.map((line) => `\t${line}`), `} | ${command}`];
}

function splitLines(text: Text): readonly Text[] {
  const lines: (string | Lookup)[][] = [[]];
  for (const part of typeof text === 'string' ? [text] : text) {
    if (typeof part !== 'string') {
      lines.at(-1)?.push(part);
      continue;
    }
    const [first, ...rest] = part.split('\n');
    lines.at(-1)?.push(first ?? '');
    for (const line of rest) lines.push([line]);
  }
  return lines.filter((line) => line.some((part) => part !== ''));
}

/** The names that one action needs: each is looked up once, into a variable. */
class Names {
  readonly assignments: string[] = [];
  private readonly variables = new Map<string, string>();

  quoted(text: Text): string {
    const parts = typeof text === 'string' ? [text] : text;
    return `"${parts.map((part) => (typeof part === 'string' ? escaped(part) : `$${this.variable(part)}`)).join('')}"`;
  }

  private variable(lookup: Lookup): string {
    const key = JSON.stringify(lookup);
    const known = this.variables.get(key);
    if (known !== undefined) return known;
    const call = this.call(lookup);
    const name = `name_${this.variables.size + 1}`;
    this.variables.set(key, name);
    this.assignments.push(`${name}=$(${call})`);
    return name;
  }

  private call(lookup: Lookup): string {
    if ('netdev' in lookup) {
      const { pf, vf } = lookup.netdev;
      return vf === undefined ? `vflane_netdev ${pf}` : `vflane_representor ${pf} ${vf}`;
    }
    if ('vf' in lookup) return `vflane_vf ${lookup.vf.pf} ${lookup.vf.index}`;
    if ('rdma' in lookup) return `vflane_rdma ${lookup.rdma}`;
    if ('libvirtAddress' in lookup) return `vflane_libvirt_address ${this.quoted(lookup.libvirtAddress)}`;
    return 'iommuGroup' in lookup
      ? `vflane_iommu_group ${this.quoted(lookup.iommuGroup)}`
      : `vflane_netdev ${this.quoted(lookup.netdevOf)}`;
  }
}

/** The characters that stay special in double quotes in POSIX sh (XCU 2.2.3). */
function escaped(text: string): string {
  return text.replace(/[\\"$`]/g, '\\$&');
}
