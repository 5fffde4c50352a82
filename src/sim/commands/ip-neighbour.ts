import { netdevAt } from '../netdevs.ts';
import { addressesOfTalking } from '../ovs/neighbours.ts';
import { type IpContext, printJson, shownNetdev } from './ip-context.ts';
import { failed, type Reply, said } from './program.ts';

/** `ip neigh show`: tunnels' far ends, while there is traffic through them; neighbours cannot be set by hand. */
export function ipNeighbour(context: IpContext, argv: readonly string[]): Reply {
  const [verb = 'show', ...rest] = argv;
  if (!/^(show|list|lst)$/.test(verb))
    return failed(255, `Command "${verb}" is unknown, try "ip neighbour help".\n`);
  const { state } = context.call;
  const at = rest.indexOf('dev');
  const wanted = at < 0 ? undefined : shownNetdev(context, rest[at + 1] ?? '').ifindex;
  const records = (context.ns === '' ? addressesOfTalking(state) : [])
    .filter((entry) => wanted === undefined || entry.ifindex === wanted)
    .map(({ address, ifindex }) => ({
      dst: address,
      dev: netdevAt(state, ifindex)?.name ?? '',
      lladdr: '02:00:5e:00:00:01',
      state: ['REACHABLE'],
    }));
  if (context.json) return said(printJson(context, records));
  return said(records.map((r) => `${r.dst} dev ${r.dev} lladdr ${r.lladdr} REACHABLE \n`).join(''));
}
