import { findNetdev, netdevAt } from '../netdevs.ts';
import { kernelDatapath } from '../ovs/datapath-netdevs.ts';
import type { Netdev, SimState } from '../state.ts';
import { failed, type Program, said } from './program.ts';

/** `tc [-j] qdisc|filter show dev NETDEV`: it can only show. */
export const tc: Program = ({ state, argv, ns }) => {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const json = argv.some((word) => /^-(j|json)$/.test(word));
  const [object, verb = 'show', ...rest] = words;
  if ((object !== 'qdisc' && object !== 'filter') || !/^(show|list|ls)$/.test(verb))
    return failed(1, `vflane's simulator knows "tc qdisc show" and "tc filter show" only\n`);
  const name = rest[0] === 'dev' ? (rest[1] ?? '') : undefined;
  const netdevs =
    name === undefined ? state.netdevs.filter((n) => n.ns === ns) : [findNetdev(state, ns, name)];
  if (netdevs.some((netdev) => netdev === undefined)) return failed(1, `Cannot find device "${name}"\n`);
  if (object === 'filter') return said(json ? '[]\n' : '');
  const records = netdevs.flatMap((netdev) => (netdev ? qdiscs(state, netdev) : []));
  return said(json ? `${JSON.stringify(records)}\n` : records.map(line).join(''));
};

interface Qdisc {
  readonly kind: string;
  readonly handle: string;
  readonly dev: string;
  readonly root?: true;
  readonly parent?: string;
  readonly ingress_block?: number;
}

/** With hw-offload, each kernel datapath port has an ingress qdisc; a bond shares a block with its slaves (facts §1.4). */
function qdiscs(state: SimState, netdev: Netdev): readonly Qdisc[] {
  const root: Qdisc = {
    kind: netdev.up && netdev.maxChannels > 1 ? 'mq' : 'noqueue',
    handle: '0:',
    dev: netdev.name,
    root: true,
  };
  const port = [netdev, netdevAt(state, netdev.master)].find((n) => n !== undefined && isPort(state, n));
  if (!state.ovs.daemon?.hwOffload || !port) return [root];
  const block = port.kind === 'bond' ? { ingress_block: port.ifindex } : {};
  return [root, { kind: 'ingress', handle: 'ffff:', dev: netdev.name, parent: 'ffff:fff1', ...block }];
}

function isPort(state: SimState, netdev: Netdev): boolean {
  const datapath = kernelDatapath(state);
  return datapath !== undefined && netdev.master === datapath.ifindex;
}

function line(qdisc: Qdisc): string {
  const block = qdisc.ingress_block === undefined ? '' : ` ingress_block ${qdisc.ingress_block}`;
  const place = qdisc.root ? 'root' : `parent ${qdisc.parent}${block}`;
  return `qdisc ${qdisc.kind} ${qdisc.handle} dev ${qdisc.dev} ${place} ${qdisc.root ? 'refcnt 2' : '----------------'} \n`;
}
