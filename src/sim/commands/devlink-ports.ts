import { Refusal } from '../errno.ts';
import { ownNetdev } from '../netdevs.ts';
import type { Netdev, Pf, SimState } from '../state.ts';
import { type DevlinkCall, deviceOf, devices, handle, options, portWord, section } from './devlink-words.ts';
import type { Reply } from './program.ts';

/** `devlink port show [ DEV | DEV/PORT_INDEX | NETDEV ]` */
export function showPorts(call: DevlinkCall): Reply {
  const [word, ...rest] = call.words;
  const wanted = word === undefined ? undefined : portWord(call, word);
  options(rest, []);
  return section(call, 'port', () =>
    portsAt(call.state, wanted).map(([name, port]) => [name, port, `${name}: ${portText(port)}\n`]),
  );
}

type Port = readonly [string, { readonly [key: string]: unknown }];

function portsAt(state: SimState, wanted: string | undefined): readonly Port[] {
  const all = devices(state).flatMap((pf) => portsOf(state, pf));
  if (wanted === undefined) return all;
  if (wanted.split('/').length === 2) return portsOf(state, deviceOf(state, wanted));
  const found = all.filter(([name, port]) => name === wanted || port.netdev === wanted);
  if (found.length === 0) throw new Refusal('ENODEV');
  return found;
}

/** Port index = (vhca id << 16) | vport; the uplink is vport 0xffff (facts §2.3). */
function portsOf(state: SimState, pf: Pf): readonly Port[] {
  const base = pf.port << 16;
  const uplink = ownNetdev(state, pf.pci);
  const physical = {
    type: 'eth',
    ...(uplink ? { netdev: uplink.name } : {}),
    flavour: 'physical',
    port: pf.port,
    splittable: false,
  };
  const representors = state.netdevs.filter((n) => n.kind === 'representor' && n.pci === pf.pci);
  return [
    [`${handle(pf)}/${base | 0xffff}`, physical],
    ...representors.map((rep): Port => [`${handle(pf)}/${base | (rep.vf + 1)}`, vfPort(pf, rep)]),
  ];
}

function vfPort(pf: Pf, rep: Netdev): { readonly [key: string]: unknown } {
  const mac = pf.vfs[rep.vf]?.admin.mac;
  const head = {
    type: 'eth',
    netdev: rep.name,
    flavour: 'pcivf',
    controller: 0,
    pfnum: pf.port,
    vfnum: rep.vf,
  };
  return { ...head, external: false, splittable: false, function: { hw_addr: mac } };
}

function portText(port: { readonly [key: string]: unknown }): string {
  const { function: fn, ...rest } = port;
  const words = Object.entries(rest).map(([key, value]) => `${key} ${value}`);
  const mac = (fn as { readonly hw_addr?: string } | undefined)?.hw_addr;
  return words.join(' ') + (mac === undefined ? '' : `\n  function:\n    hw_addr ${mac}`);
}
