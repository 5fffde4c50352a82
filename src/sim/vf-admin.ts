import { hasCarrier } from './carrier.ts';
import { devErr } from './dmesg.ts';
import { Refusal } from './errno.ts';
import { cardOf, pfAt } from './functions.ts';
import { isMulticast, zeroMac } from './macs.ts';
import type { Netdev, Pf, SimState, Vf } from './state.ts';

/** The settings in one `vf N …` of `ip link set`, as netlink carries them. */
export interface VfSettings {
  readonly vf: number;
  readonly mac?: string;
  readonly vlan?: { readonly id: number; readonly qos: number; readonly proto: string };
  /** Megabits per second. */
  readonly rate?: number;
  readonly rates?: { readonly min: number; readonly max: number };
  readonly spoofchk?: boolean;
  readonly linkState?: 'auto' | 'enable' | 'disable';
  readonly trust?: boolean;
  /** A setting that no card here has (query_rss, node_guid, …). */
  readonly unsupported?: boolean;
}

/** One after the other, as rtnetlink.c's do_setvfinfo does: the first refusal leaves the earlier ones set. */
export function setVf(state: SimState, netdev: Netdev, settings: VfSettings): void {
  const pf = netdev.kind === 'pf' && cardOf(state).maxVfs > 0 ? pfAt(state, netdev.pci) : undefined;
  if (!pf) throw new Refusal('EOPNOTSUPP');
  const vf = () => {
    const found = pf.vfs[settings.vf];
    if (!found) throw new Refusal('EINVAL');
    return found;
  };
  if (settings.mac !== undefined) setMac(state, pf, vf(), settings.mac);
  if (settings.vlan !== undefined) setVlan(pf, vf(), settings.vlan);
  if (settings.rate !== undefined) setRates(state, netdev, vf(), { min: 0, max: settings.rate });
  if (settings.rates !== undefined) setRates(state, netdev, vf(), settings.rates);
  if (settings.spoofchk !== undefined) setSpoofchk(state, pf, vf, settings.spoofchk);
  if (settings.linkState !== undefined) setLinkState(state, pf, vf, settings.linkState);
  if (settings.unsupported) throw new Refusal('EOPNOTSUPP');
  if (settings.trust !== undefined) legacyOnly(pf, vf).admin.trust = settings.trust;
}

/** esw/legacy.c: settings that only the legacy eswitch has (facts §4.2). */
function legacyOnly(pf: Pf, vf: () => Vf): Vf {
  if (pf.eswitch === 'switchdev') throw new Refusal('EOPNOTSUPP');
  return vf();
}

function setMac(state: SimState, pf: Pf, vf: Vf, mac: string): void {
  if (isMulticast(mac)) throw new Refusal('EINVAL');
  vf.admin.mac = mac;
  if (!cardOf(state).vfMayChangeMac && mac !== zeroMac) {
    devErr(state, pf.driver, pf.pci, `setting MAC ${mac} on VF ${vf.index}`);
    devErr(state, pf.driver, pf.pci, 'Reload the VF driver to make this change effective.');
  }
}

function setVlan(pf: Pf, vf: Vf, vlan: NonNullable<VfSettings['vlan']>): void {
  if (vlan.id > 4095 || vlan.qos > 7) throw new Refusal('EINVAL');
  if (vlan.proto !== '802.1Q') throw new Refusal('EPROTONOSUPPORT');
  if (pf.eswitch === 'switchdev') {
    // VLAN 0 is accepted and does nothing, "compatibility with libvirt" (facts §4.2).
    if (vlan.id !== 0) throw new Refusal('EOPNOTSUPP');
    return;
  }
  vf.admin.vlan = vlan.id;
  vf.admin.qos = vlan.qos;
}

function setRates(
  state: SimState,
  netdev: Netdev,
  vf: Vf,
  rates: { readonly min: number; readonly max: number },
): void {
  const card = cardOf(state);
  if (!card.vfMinRate && rates.min !== 0) throw new Refusal('EINVAL');
  // igb checks rates against the current link speed, so the link must be up (igb_main.c, igb_ndo_set_vf_bw).
  const known = card.vfMinRate || (hasCarrier(state, netdev) && rates.max <= card.speedMbps);
  if (!known) throw new Refusal('EINVAL');
  vf.admin.minRate = rates.min;
  vf.admin.maxRate = rates.max;
}

function setSpoofchk(state: SimState, pf: Pf, vf: () => Vf, on: boolean): void {
  const target = legacyOnly(pf, vf);
  if (on && target.admin.mac === zeroMac && cardOf(state).switchdev) {
    devErr(state, pf.driver, pf.pci, `Spoofchk in set while MAC is invalid, vport(${target.index + 1})`);
  }
  target.admin.spoofchk = on;
}

function setLinkState(state: SimState, pf: Pf, vf: () => Vf, wanted: 'auto' | 'enable' | 'disable'): void {
  if (!cardOf(state).vfLinkState) throw new Refusal('EOPNOTSUPP');
  legacyOnly(pf, vf).admin.linkState = wanted;
}
