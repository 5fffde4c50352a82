import { Failure } from '../errno.ts';
import { findNetdev } from '../netdevs.ts';
import type { Netdev, SimState } from '../state.ts';
import type { Call } from './program.ts';

/** The options before the object. */
export interface IpContext {
  readonly call: Call;
  readonly ns: string;
  readonly json: boolean;
  readonly pretty: boolean;
  readonly details: boolean;
  readonly stats: boolean;
  readonly brief: boolean;
  /** 4, 6, or 0 for both. */
  readonly family: number;
}

/** For commands that change something; those that show have another message. */
export function netdevNamed(state: SimState, ns: string, name: string): Netdev {
  const netdev = findNetdev(state, ns, name);
  if (!netdev) throw new Failure(1, `Cannot find device "${name}"\n`);
  return netdev;
}

export function shownNetdev(context: IpContext, name: string): Netdev {
  const netdev = findNetdev(context.call.state, context.ns, name);
  if (!netdev) throw new Failure(1, `Device "${name}" does not exist.\n`);
  return netdev;
}

export function printJson(context: IpContext, value: unknown): string {
  return `${context.pretty ? JSON.stringify(value, undefined, 4) : JSON.stringify(value)}\n`;
}
