import { capacityGbps } from '../doctor/pcie.ts';
import { lagOf, linksOf, portsOf, seenOf } from '../doctor/seen-parts.ts';
import { inWords, unlookedIn } from '../doctor/unlooked.ts';
import type { LinkState, PfState } from '../model/host-state.ts';
import type { OvsBridge } from '../model/ovs-state.ts';
import type { CardSurvey } from '../model/survey.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import type { Looked } from '../operate/diagnose.ts';
import { softwareIn } from '../operate/forwarding.ts';
import { poolLines } from './show-pool.ts';

/** A host's card and what stands on it, as a person reads it: one screen. */
export function linesOf(host: string, looked: Looked, full: boolean): readonly string[] {
  const { state, survey } = looked.patient;
  const inSoftware = softwareIn(looked.plan.plan).length > 0 ? ', forwards in software' : '';
  return [
    `${host}: kernel ${state.kernel}${inSoftware}`,
    ...capabilityLines(looked),
    ...(state.pfs.length === 0 && survey.search === undefined ? ['  no card with SR-IOV was found'] : []),
    ...state.pfs.flatMap((pf, place) => [
      ...(isSameCard(pf, state.pfs[place - 1]) ? [] : cardLines(pf, looked)),
      ...pfLines(pf, looked),
      ...poolLines(pf, looked, full),
    ]),
    ...bondLines(looked),
    ...lagLines(looked),
    ...ovsLines(looked),
    ...hugepageLines(looked),
    ...namespaceLines(looked),
    ...unlookedIn(state, survey).map(({ what, why }) => `  not seen ${inWords(what)}: ${why}`),
  ];
}

/** What kernel and driver can do that matters here. */
function capabilityLines({ patient: { state, survey } }: Looked): readonly string[] {
  const config = seenOf(survey.config);
  const driver = seenOf(survey.ofed) === true ? 'mlx5 of NVIDIA’s package' : 'mlx5 of the kernel';
  const option = (name: string) =>
    `${name} ${config === undefined ? '?' : (config.options[name] ?? 'not set')}`;
  const offload = state.pfs.map(({ tcOffload }) => offloadText(tcOffload)).find((text) => text !== undefined);
  const words = [
    ...(state.pfs.some(({ driver: name }) => name === 'mlx5_core') ? [driver] : []),
    ...(offload === undefined ? [] : [offload]),
    ...(seenOf(survey.ofed) === true ? [] : [option('NET_TC_SKB_EXT'), option('MLX5_CLS_ACT')]),
    `IOMMU ${shown(state.iommu, (on) => (on ? 'on' : 'off'))}`,
    ...(survey.lockdown === undefined ? [] : [`lockdown ${shown(survey.lockdown, (level) => level)}`]),
  ];
  return [`  kernel: ${words.join(', ')}`];
}

function offloadText(offload: PfState['tcOffload']): string | undefined {
  if (offload === undefined) return undefined;
  return `tc offload ${shown(offload, ({ on, fixed }) => (on ? 'on' : fixed ? 'none (fixed)' : 'off'))}`;
}

/** Ports of one card are functions of one PCI device. */
function isSameCard(pf: PfState, before: PfState | undefined): boolean {
  const deviceOf = ({ pci }: PfState) => pci.slice(0, pci.lastIndexOf('.'));
  return before !== undefined && deviceOf(pf) === deviceOf(before);
}

/** Reported once for all its ports. */
function cardLines(pf: PfState, { patient }: Looked): readonly string[] {
  const card = patient.survey.cards[pf.pci];
  if (card === undefined) return [];
  const node = seenOf(card.numaNode);
  const numa = node === undefined ? ', NUMA node ?' : node < 0 ? '' : `, NUMA node ${node}`;
  return [`  card ${card.model ?? pf.id ?? 'unknown'}${firmwareText(card)}; slot ${slotText(card)}${numa}`];
}

function firmwareText({ firmware }: CardSurvey): string {
  if (isUnseen(firmware)) return ', firmware ?';
  const { psid, running, stored } = firmware;
  const flashed = stored === undefined || stored === running ? '' : ` (${stored} in flash)`;
  return `${psid === undefined ? '' : `, PSID ${psid}`}${running === undefined ? '' : `, firmware ${running}${flashed}`}`;
}

function slotText({ slot }: CardSurvey): string {
  if (isUnseen(slot)) return '?';
  const { now, card, above } = slot;
  const could = capacityGbps(card) > capacityGbps(now) ? `, the card could do x${card.lanes}` : '';
  const here =
    above !== undefined && capacityGbps(above) > capacityGbps(now) ? `, the slot x${above.lanes}` : '';
  return `${now.speed.replace(/ PCIe$/, '')} x${now.lanes}${could}${here}`;
}

function pfLines(pf: PfState, { patient }: Looked): readonly string[] {
  if (!pf.present) return [`  ${pf.pci} is not there`];
  const link = linksOf(patient.state).find(({ name }) => name === pf.netdev);
  const pool = `${shown(pf.numVfs, String)} of ${shown(pf.totalVfs, String)} VFs`;
  const title = `  ${pf.pci} ${pf.netdev ?? ''} (${pf.driver ?? 'no driver'}): ${portText(link)}, ${pool}`;
  const speed = pf.netdev === undefined ? undefined : patient.survey.speeds[pf.netdev];
  const more = [
    ...(speed === undefined ? [] : [`${speed / 1000} Gb/s`]),
    ...(pf.eswitch === undefined
      ? []
      : [shown(pf.eswitch, (mode) => (mode === 'none' ? 'no eswitch' : mode))]),
    ...(pf.channels === undefined
      ? []
      : [`channels ${shown(pf.channels, ({ now, max }) => `${now} of ${max}`)}`]),
    ...(link?.physSwitchId === undefined ? [] : [`switch ${link.physSwitchId}`]),
  ];
  return [more.length === 0 ? title : `${title}, ${more.join(', ')}`];
}

function portText(link: LinkState | undefined): string {
  if (link === undefined) return 'no netdev';
  return `${link.up ? 'up' : 'down'}${link.carrier ? '' : ', no carrier'}, MTU ${link.mtu}`;
}

function bondLines({ patient: { state } }: Looked): readonly string[] {
  const masters = new Set(portsOf(state).map(({ link }) => link.master));
  return linksOf(state)
    .filter(({ name }) => masters.has(name))
    .map(({ name, bond, mtu, addresses }) => {
      const watch =
        bond === undefined ? '' : `, ${bond.mode}, ${watchText(bond)}, active ${bond.activeSlave ?? 'none'}`;
      return `  ${name}: MTU ${mtu}${watch}${addresses.length > 0 ? `, ${addresses.join(' ')}` : ''}`;
    });
}

function watchText({ miimonMs, arpIntervalMs, arpTargets }: NonNullable<LinkState['bond']>): string {
  if (arpIntervalMs > 0) return `ARP every ${arpIntervalMs} ms to ${arpTargets.join(' ')}`;
  return miimonMs > 0 ? `miimon ${miimonMs}` : 'not watched';
}

function lagLines({ patient: { state, survey } }: Looked): readonly string[] {
  const hidden = state.pfs.flatMap(({ lag }) => (lag !== undefined && isUnseen(lag) ? [lag.unseen] : []));
  const lag = lagOf(state);
  if (lag === undefined) return hidden.length > 0 ? [`  LAG: not seen: ${hidden[0]}`] : [];
  const mapping = survey.cards[lag.pci]?.lagMapping ?? [];
  const words = [
    lag.state,
    lag.type,
    ...lag.flags,
    ...(mapping.length > 0 ? [`ports ${mapping.join(' ')}`] : []),
  ];
  return [`  LAG: ${words.filter((word) => word !== undefined).join(', ')}`];
}

function ovsLines({ patient: { state } }: Looked): readonly string[] {
  const { ovs } = state;
  if (ovs === undefined) return [];
  if (isUnseen(ovs)) return [`  Open vSwitch: ${ovs.unseen}`];
  const { version, settings, dpdkInitialized, daemon, bridges } = ovs;
  const words = [
    `hw-offload ${settings['hw-offload'] ?? 'false'}`,
    `DPDK ${dpdkInitialized ? 'on' : settings['dpdk-init'] === 'true' ? 'asked for, and not there' : 'off'}`,
    ...(daemon === true ? [] : ['ovs-vswitchd does not answer']),
    ...(bridges.length === 0 ? ['no bridge'] : []),
  ];
  return [`  Open vSwitch ${version}: ${words.join(', ')}`, ...bridges.map(bridgeLine)];
}

function bridgeLine({ name, datapathType, failMode, ports }: OvsBridge): string {
  const tunnels = ports.filter(({ type }) => type === 'vxlan');
  const broken = ports.filter(({ error }) => error !== '');
  const to = tunnels
    .map(({ options }) => `${options.remote_ip ?? '?'} (VNI ${options.key ?? '?'})`)
    .join(', ');
  const words = [
    `${ports.length} port${ports.length === 1 ? '' : 's'}`,
    failMode === '' ? 'standalone' : failMode,
    ...(datapathType === 'netdev' ? ['in user space'] : []),
    ...(to === '' ? [] : [`tunnels to ${to}`]),
    ...broken.map(({ name: port, error }) => `${port} does not work: ${error}`),
  ];
  return `    ${name}: ${words.join(', ')}`;
}

function hugepageLines({ patient: { state } }: Looked): readonly string[] {
  const places = Object.entries(state.hugepages ?? {});
  if (places.length === 0 || places.every(([, pages]) => pages === 0)) return [];
  return [
    `  hugepages of 2 MiB: ${places.map(([place, pages]) => `${shown(pages, String)} (${place})`).join(', ')}`,
  ];
}

/** Each would take a process: listed, but not looked into. */
function namespaceLines({ patient: { survey } }: Looked): readonly string[] {
  const { unlooked } = survey;
  if (isUnseen(unlooked) || unlooked.length === 0) return [];
  const names =
    unlooked.length > 4
      ? `${unlooked.slice(0, 4).join(', ')} and ${unlooked.length - 4} more`
      : unlooked.join(', ');
  return [`  namespaces that no file names, not looked into: ${names}`];
}

function shown<Value>(value: Seen<Value>, text: (value: Value) => string): string {
  return isUnseen(value) ? '?' : text(value);
}
