import type { HostState, LagState, LinkState, PfState, VfState } from '../model/host-state.ts';
import type { OvsBridge, OvsPort, OvsState } from '../model/ovs-state.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import type { Patient } from './ailment.ts';

/** What was seen; undefined if nobody asked, or it could not be seen. */
export function seenOf<Value>(value: Seen<Value> | undefined): Value | undefined {
  return value === undefined || isUnseen(value) ? undefined : value;
}

export function linksOf({ links }: HostState): readonly LinkState[] {
  return seenOf(links) ?? [];
}

export function linkNamed(state: HostState, name: string | undefined): LinkState | undefined {
  return name === undefined ? undefined : linksOf(state).find((link) => link.name === name);
}

/** The netdev of each PF, where it has one. */
export function portsOf(state: HostState): readonly { readonly pf: PfState; readonly link: LinkState }[] {
  return state.pfs.flatMap((pf) => {
    const link = linkNamed(state, pf.netdev);
    return link === undefined ? [] : [{ pf, link }];
  });
}

/** The LAG, the same under both PFs. */
export function lagOf({ pfs }: HostState): (LagState & { readonly pci: string }) | undefined {
  for (const { pci, lag } of pfs) {
    const known = seenOf(lag);
    if (known?.state !== undefined) return { ...known, pci };
  }
  return undefined;
}

export function lagFile(pci: string, name: string): string {
  return `/sys/kernel/debug/mlx5/${pci}/lag/${name}`;
}

export function ovsOf({ ovs }: HostState): OvsState | undefined {
  return seenOf(ovs);
}

export function ovsPorts(
  state: HostState,
): readonly { readonly bridge: OvsBridge; readonly port: OvsPort }[] {
  return (ovsOf(state)?.bridges ?? []).flatMap((bridge) => bridge.ports.map((port) => ({ bridge, port })));
}

/** Tunnels of VXLAN. */
export function tunnelsOf(
  state: HostState,
): readonly { readonly bridge: OvsBridge; readonly port: OvsPort }[] {
  return ovsPorts(state).filter(({ port }) => port.type === 'vxlan');
}

export function isRepresentor({ physPortName }: LinkState): boolean {
  return /^(c\d+)?pf\d+vf\d+$/.test(physPortName ?? '');
}

export function representorsOf(state: HostState): readonly LinkState[] {
  return linksOf(state).filter(isRepresentor);
}

export function vfsOf({ pfs }: HostState): readonly { readonly pf: PfState; readonly vf: VfState }[] {
  return pfs.flatMap((pf) => pf.vfs.map((vf) => ({ pf, vf })));
}

/** The bond that at least one PF belongs to, and which of them. */
export function bondsOfPorts(
  state: HostState,
): readonly { readonly bond: LinkState; readonly ports: readonly LinkState[] }[] {
  const ports = portsOf(state).map(({ link }) => link);
  const names = [...new Set(ports.flatMap(({ master }) => master ?? []))];
  return names.flatMap((name) => {
    const bond = linkNamed(state, name);
    return bond?.bond === undefined ? [] : [{ bond, ports: ports.filter(({ master }) => master === name) }];
  });
}

/** The lines of the kernel's log that contain these words. */
export function logged({ survey }: Patient, words: RegExp): readonly string[] {
  return (seenOf(survey.log) ?? []).map(({ text }) => text).filter((text) => words.test(text));
}

export function setting(state: HostState, key: string): string | undefined {
  return ovsOf(state)?.settings[key];
}

/** A list in words: `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The first few of many: 254 VFs do not fit on a line. */
export function some(words: readonly string[], shown = 4): string {
  return words.length > shown
    ? `${words.slice(0, shown).join(', ')} and ${words.length - shown} more`
    : listed(words);
}
