import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ProbeWorld } from './probe.ts';

/** What both ends of round trips are told. */
export interface RoundTripSpec {
  readonly protocol: 'tcp' | 'udp';
  /** The address of the end that answers. */
  readonly at: string;
  readonly port: number;
}

/** @throws TypeError */
export function asRoundTripSpec(spec: unknown): RoundTripSpec {
  const { protocol, at, port } = (spec ?? {}) as Partial<RoundTripSpec>;
  if ((protocol !== 'tcp' && protocol !== 'udp') || typeof at !== 'string' || !Number.isSafeInteger(port))
    throw new TypeError('round trips want { protocol: tcp or udp, at, port }');
  return { protocol, at, port: Number(port) };
}

/** Says `ready`, then sends back whatever comes, until it is to end. */
export async function probeAnswer(spec: unknown, world: ProbeWorld): Promise<number> {
  const asked = asRoundTripSpec(spec);
  return asked.protocol === 'udp' ? answerUdp(asked, world) : answerTcp(asked, world);
}

async function answerUdp({ at, port }: RoundTripSpec, { say, signal }: ProbeWorld): Promise<number> {
  const socket = createSocket(at.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => socket.send(message, from.port, from.address, () => undefined));
  socket.bind(port, at);
  await once(socket, 'listening');
  say('ready');
  await ended(signal);
  socket.close();
  return 0;
}

async function answerTcp({ at, port }: RoundTripSpec, { say, signal }: ProbeWorld): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => void socket.write(data));
  });
  server.listen(port, at);
  await once(server, 'listening');
  say('ready');
  await ended(signal);
  server.close();
  return 0;
}

async function ended(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
