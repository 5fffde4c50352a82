import type { Probe } from '../model/plan.ts';

/** The settings that most netdevs of an overlay must have. */
export interface LinkSettings {
  /** Bytes. */
  readonly mtu: number;
  /** Administratively. */
  readonly up: boolean;
}

/** As a line for `ip -batch`. */
export function linkLine(name: string, { mtu, up }: LinkSettings): string {
  return `link set dev ${name} mtu ${mtu} ${up ? 'up' : 'down'}`;
}

/** One query for all netdevs of a step. */
export function linkProbes(name: string, { mtu, up }: LinkSettings): readonly Probe[] {
  const query = ['ip', '-j', '-d', 'link', 'show'];
  return [
    { query, at: [`ifname=${name}`, 'mtu'], is: mtu },
    { query, at: [`ifname=${name}`, 'flags', '=UP'], is: up ? 'UP' : null },
  ];
}
