import { isIP } from 'node:net';
import { asIfName } from '../model/names.ts';
import type {
  Iperf3Client,
  Iperf3Server,
  MeasurePlace,
  MeasureProgram,
  MeasureRequest,
  Ping,
  Stream,
  Trips,
} from './measure-request.ts';
import { streamProgram } from './stream-program.ts';
import { tripsProgram } from './trips-program.ts';
import { wireArgv } from './wire-argv.ts';
import { WrongMeasure } from './wrong-measure.ts';

export const longestMs = 3_600_000;

/** The command for a request, made only of vflane's own words. @throws WrongMeasure */
export function measureArgv(request: MeasureRequest, self: readonly string[]): readonly string[] {
  const { place, program, cpus } = request;
  // The numbers are the host's CPU numbers.
  const pins = place.in === 'vm' ? [] : pinned(cpus);
  return [...pins, ...inside(place), ...programArgv(program, self)];
}

function pinned(cpus: readonly number[] | undefined): readonly string[] {
  if (cpus === undefined || cpus.length === 0) return [];
  return ['taskset', '-c', cpus.map((cpu) => whole('cpus', cpu, 0, 65_535)).join(',')];
}

const plainName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function inside(place: MeasurePlace): readonly string[] {
  if (place.in === 'host') return [];
  if (place.in === 'vm' && plainName.test(place.guest)) return [];
  if (place.in === 'netns' && plainName.test(place.guest)) return ['ip', 'netns', 'exec', place.guest];
  throw new WrongMeasure(`nothing can be measured in ${JSON.stringify(place)}`);
}

const role = /^[a-z][a-z-]{0,31}$/;

function programArgv(program: MeasureProgram, self: readonly string[]): readonly string[] {
  switch (program.name) {
    case 'iperf3-version':
      return ['iperf3', '--version'];
    case 'iperf3-server':
      return iperf3Server(program);
    case 'iperf3':
      return iperf3(program);
    case 'ping':
      return ping(program);
    case 'tracepath':
      return ['tracepath', '-n', address('to', program.to)];
    case 'probe':
      if (!role.test(program.role)) throw new WrongMeasure(`no probe is called ${program.role}`);
      return [...self, 'probe', program.role, JSON.stringify(program.spec)];
    case 'wire-listen':
    case 'wire-send':
      return wireArgv(program);
    case 'trips-answer':
    case 'trips-ask':
      return trips(program);
    case 'stream':
      return stream(program);
    default:
      throw new WrongMeasure(`no host is made to run ${JSON.stringify(program)}`);
  }
}

function iperf3Server({ bind, port, oneOff, json }: Iperf3Server): readonly string[] {
  return [
    ...['iperf3', '--server', '--forceflush', '--port', whole('port', port, 1, 65_535)],
    ...given(bind, (at) => ['--bind', address('bind', at)]),
    ...(oneOff ? ['--one-off'] : []),
    ...(json ? ['--json'] : []),
  ];
}

const ofPerl: ReadonlySet<string> = new Set([
  ...['wire-listen', 'wire-send', 'stream', 'trips-answer', 'trips-ask'],
]);

/** What has to be installed for a request; vflane's own probes need nothing. */
export function programsOf({ name }: MeasureProgram): readonly string[] {
  if (name === 'probe') return [];
  if (ofPerl.has(name)) return ['perl'];
  return [name.startsWith('iperf3') ? 'iperf3' : name];
}

const directions = { send: [], receive: ['--reverse'], both: ['--bidir'] } as const;

function iperf3(client: Iperf3Client): readonly string[] {
  const { to, port, seconds, direction = 'send' } = client;
  return [
    ...['iperf3', '--client', address('to', to), '--port', whole('port', port, 1, 65_535)],
    ...['--time', whole('seconds', seconds, 1, 3_000)],
    ...given(client.omitSeconds, (n) => ['--omit', whole('omitSeconds', n, 0, 600)]),
    ...given(client.parallel, (n) => ['--parallel', whole('parallel', n, 1, 128)]),
    ...given(client.bind, (at) => ['--bind', address('bind', at)]),
    ...(directions[direction] ?? []),
    ...(client.udp ? ['--udp'] : []),
    ...given(client.rateMbps, (n) => ['--bitrate', `${whole('rateMbps', n, 0, 1_000_000)}M`]),
    ...given(client.lengthBytes, (n) => ['--length', whole('lengthBytes', n, 1, 1_048_576)]),
    ...given(client.mss, (n) => ['--set-mss', whole('mss', n, 88, 65_495)]),
    ...(client.zeroCopy ? ['--zerocopy'] : []),
    ...(client.text ? ['--forceflush'] : ['--json', '--get-server-output']),
  ];
}

function ping(asked: Ping): readonly string[] {
  return [
    ...['ping', '-n', '-c', whole('count', asked.count, 1, 1_000_000)],
    ...(asked.flood ? ['-f'] : []),
    ...given(asked.intervalMs, (ms) => ['-i', seconds('intervalMs', ms)]),
    ...given(asked.sizeBytes, (n) => ['-s', whole('sizeBytes', n, 0, 65_507)]),
    ...(asked.dontFragment ? ['-M', 'do'] : []),
    ...given(asked.waitMs, (ms) => ['-W', seconds('waitMs', ms)]),
    ...(asked.quiet ? ['-q'] : []),
    address('to', asked.to),
  ];
}

function stream({ local, peer, port, intervalUs, run, bond }: Stream): readonly string[] {
  return [
    ...['perl', '-e', streamProgram, '--', address('local', local), address('peer', peer)],
    whole('port', port, 1, 65_535),
    whole('intervalUs', intervalUs, 100, 1_000_000),
    whole('run', run, 0, 2 ** 32 - 1),
    ...given(bond, (name) => [netdev('bond', name)]),
  ];
}

function trips({ name, protocol, at, port, ms }: Trips): readonly string[] {
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw new WrongMeasure(`${JSON.stringify(protocol)} is not a protocol`);
  const verb = name === 'trips-ask' ? 'ask' : 'answer';
  const words = [verb, protocol, address('at', at), whole('port', port, 1, 65_535)];
  return ['perl', '-e', tripsProgram, '--', ...words, whole('ms', ms, 100, 600_000)];
}

function given<Value>(
  value: Value | undefined,
  words: (value: Value) => readonly string[],
): readonly string[] {
  return value === undefined ? [] : words(value);
}

function address(what: string, text: string): string {
  if (typeof text === 'string' && isIP(text) !== 0) return text;
  throw new WrongMeasure(`${what}: ${JSON.stringify(text)} is not an address`);
}

function netdev(what: string, name: string): string {
  const checked = asIfName(name);
  if (checked !== undefined) return checked;
  throw new WrongMeasure(`${what}: ${JSON.stringify(name)} is not a netdev's name`);
}

function whole(what: string, value: number, least: number, most: number): string {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return `${value}`;
  throw new WrongMeasure(`${what}: ${value} is not a whole number from ${least} to ${most}`);
}

function seconds(what: string, ms: number): string {
  return `${Number(whole(what, ms, 1, 600_000)) / 1000}`;
}
