import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HostError } from '../../host/host.ts';
import { finding } from '../../model/catalogue.ts';
import type { GuestName, HostName, IfName, NetworkName } from '../../model/names.ts';
import type { Measured, MeasureProgram } from '../../operate/measure-request.ts';
import type { Site } from '../../operate/site.ts';
import type { Endpoint } from '../endpoint.ts';

const iperf3 = readFileSync(join(import.meta.dirname, 'iperf3-3.12-both.json'), 'utf8');
const ping = `10000 packets transmitted, 10000 received, 0% packet loss, time 402ms
rtt min/avg/max/mdev = 0.016/0.030/9.508/0.007 ms, ipg/ewma 0.010/0.002 ms`;
const trips = '{"lost":0,"tenths":[900,500,290,290,290,290,290,290,300,600]}';

/** What a program of a host answers: its lines, or how it ends. */
export type Answer = string | Measured;

const usual: { readonly [name in MeasureProgram['name']]?: Answer } = {
  'iperf3-version': 'iperf 3.12 (cJSON 1.7.15)',
  'iperf3-server': 'Server listening on 5201',
  iperf3,
  ping,
  'trips-answer': 'ready',
  'trips-ask': trips,
};

/** A site whose programs say what real ones have said; one that serves goes on until it is told to end. */
function siteOf(name: string, answers: typeof usual): Site {
  const measure: Site['measure'] = async ({ program }, onLine, signal) => {
    const isServer = program.name === 'iperf3-server' || program.name === 'trips-answer';
    const answer = answers[program.name] ?? usual[program.name] ?? '';
    if (typeof answer !== 'string') return answer;
    for (const line of answer.split('\n')) onLine(line);
    if (isServer && !signal?.aborted)
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return { kind: 'ended', exitCode: 0, stderr: '', ms: 1_000 };
  };
  const lost = (what: string) => async (path: unknown) => {
    if (path === '/proc/sys/kernel/osrelease') return '6.12.38\n' as never;
    throw new HostError({ kind: 'errno', host: name, argv: [what, String(path)], errno: 'ENOENT' });
  };
  const reader = {
    name,
    readFile: lost('read'),
    readLink: lost('readlink'),
    listDir: lost('list'),
    query: lost('run'),
    openFiles: async () => [],
  };
  return {
    name,
    reader,
    measure,
    fold: async () => ({ ledger: { entries: new Map(), allocation: {} } }),
  } as unknown as Site;
}

export function endAt(host: string, guest: string, answers: typeof usual = {}): Endpoint {
  return {
    ...{
      site: siteOf(host, answers),
      host: host as HostName,
      guest: guest as GuestName,
      network: 'storage' as NetworkName,
    },
    ...{ place: { in: 'netns', guest: guest as GuestName }, netdev: 'storage' as IfName, mac: '', mtu: 9000 },
    addresses: [guest === 'web' ? '10.0.0.1' : '10.0.0.2'],
  };
}

export const notInstalled: Answer = {
  kind: 'refused',
  findings: [
    finding('VF6001', { host: 'beta' }, 'beta: iperf3 is not installed there', 'apt-get install iperf3'),
  ],
};

export function failed(stderr: string, exitCode = 1): Answer {
  return { kind: 'ended', exitCode, stderr, ms: 1 };
}
