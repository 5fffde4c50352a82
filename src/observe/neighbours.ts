import type { HostReader } from '../host/host.ts';
import type { Neighbour } from '../model/survey.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

/** IPv4 neighbours, from a file: no process. */
export function observeNeighbours(reader: HostReader): Promise<Seen<readonly Neighbour[]>> {
  return seen(async () => parseArpTable(await reader.readFile('/proc/net/arp')));
}

/** ATF_COM: the entry is complete, somebody has answered (include/uapi/linux/if_arp.h). */
const complete = 0x2;

/** Parses /proc/net/arp (proc(5), net/ipv4/arp.c). @throws TypeError on any other text */
export function parseArpTable(text: string): readonly Neighbour[] {
  const [header = '', ...lines] = text.split('\n');
  if (!header.startsWith('IP address')) throw new TypeError('/proc/net/arp has no table');
  return lines.flatMap((line) => {
    const [address, , flags, , , netdev] = line.trim().split(/\s+/);
    if (address === undefined || netdev === undefined) return [];
    return [{ address, netdev, answered: (Number(flags) & complete) !== 0 }];
  });
}
