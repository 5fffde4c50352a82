import {
  boundTo,
  pciDrivers,
  writeAutoprobe,
  writeBind,
  writeNewId,
  writeOverride,
  writeProbe,
  writeRemoveId,
  writeUnbind,
} from '../drivers.ts';
import { Refusal } from '../errno.ts';
import { cardOf, functionAt, managementPci } from '../functions.ts';
import { rdmaDevices } from '../infiniband.ts';
import type { BoardDevice } from '../machines/machine.ts';
import { netdevsOf } from '../netdevs.ts';
import { readNumVfs, writeNumVfs } from '../num-vfs.ts';
import type { Pf, SimState, Vf } from '../state.ts';
import { netdevDir } from './net.ts';
import { both, button, type DirNode, dir, file, link, listing, maybe, type Node } from './node.ts';
import { resourceOf, rootPortResource } from './pci-resource.ts';

/** The root port that the card sits behind, in /sys/devices. */
const rootPortPci = '0000:00:01.1';
const cardParent = `pci0000:00/${rootPortPci}`;

export function devicePath(pci: string): string {
  if (pci === rootPortPci) return cardParent;
  return pci === managementPci || isBoard(pci) ? `pci0000:00/${pci}` : `${cardParent}/${pci}`;
}

/** Whether a function is on the board; the simulator chose those addresses. */
function isBoard(pci: string): boolean {
  return /^0000:4[12]:/.test(pci);
}

function allFunctions(state: SimState): readonly string[] {
  return [
    managementPci,
    ...state.pfs.flatMap((pf) => [pf.pci, ...pf.vfs.map((vf) => vf.pci)]),
    ...boardOf(state),
  ];
}

function boardOf(state: SimState): readonly string[] {
  return (state.boardDevices ?? []).map(({ pci }) => pci);
}

/** /sys/bus/pci */
export function pciBus(state: SimState): DirNode {
  return dir({
    devices: () =>
      listing(
        () => [rootPortPci, ...allFunctions(state)],
        (pci) => (exists(state, pci) ? link(`../../../devices/${devicePath(pci)}`) : undefined),
      ),
    drivers: () =>
      listing(
        () => allDrivers(state),
        (name) => driverDir(state, name),
      ),
    drivers_probe: () => button((text) => writeProbe(state, text)),
  });
}

function exists(state: SimState, pci: string): boolean {
  return pci === managementPci || pci === rootPortPci || functionAt(state, pci) !== undefined;
}

function allDrivers(state: SimState): readonly string[] {
  return [...pciDrivers(state), 'e1000e'];
}

function driverDir(state: SimState, name: string): Node | undefined {
  if (!allDrivers(state).includes(name)) return undefined;
  const bound = () => (name === 'e1000e' ? [managementPci] : boundTo(state, name).map((fn) => fn.pci));
  const attributes = dir({
    bind: () => button((text) => writeBind(state, name, text)),
    unbind: () => button((text) => writeUnbind(state, name, text)),
    new_id: () => button((text) => writeNewId(state, name, text)),
    remove_id: () => button((text) => writeRemoveId(state, name, text)),
  });
  return listing(
    () => [...attributes.names(), ...bound()],
    (entry) =>
      attributes.child(entry) ??
      (bound().includes(entry) ? link(`../../../../devices/${devicePath(entry)}`) : undefined),
  );
}

/** /sys/devices/pci0000:00 */
export function pciTree(state: SimState, ns: string): DirNode {
  return dir({
    [rootPortPci]: () =>
      both(
        rootPort(state),
        listing(
          () => allFunctions(state).filter((pci) => pci !== managementPci && !isBoard(pci)),
          (pci) => cardFunction(state, ns, pci),
        ),
      ),
    [managementPci]: () => managementDir(state, ns),
    ...Object.fromEntries((state.boardDevices ?? []).map((one) => [one.pci, () => boardDir(state, one)])),
  });
}

/** The slot is x8, like the seed's, whatever the card can do (facts §14.15). */
function rootPort(state: SimState): DirNode {
  const card = cardOf(state);
  const text = (value: string) => () => file(() => `${value}\n`);
  return dir({
    vendor: text('0x1022'),
    device: text('0x14a5'),
    class: text('0x060400'),
    current_link_speed: text(card.linkSpeed),
    current_link_width: text(`${state.lanes ?? card.linkWidth}`),
    max_link_speed: text(card.linkSpeed),
    max_link_width: text(card.linkWidth),
    resource: () => file(() => rootPortResource(state)),
  });
}

function managementDir(state: SimState, ns: string): DirNode {
  return dir({
    vendor: () => file(() => '0x8086\n'),
    device: () => file(() => '0x15fb\n'),
    class: () => file(() => '0x020000\n'),
    driver: () => link('../../../bus/pci/drivers/e1000e'),
    driver_override: () => file(() => '(null)\n'),
    iommu_group: state.iommu ? () => link('../../../kernel/iommu_groups/12') : undefined,
    numa_node: () => file(() => '-1\n'),
    net: () => netDir(state, ns, managementPci),
  });
}

function boardDir(state: SimState, fn: BoardDevice): DirNode {
  return dir({
    vendor: () => file(() => `0x${fn.vendor}\n`),
    device: () => file(() => `0x${fn.device}\n`),
    class: () => file(() => `0x${fn.class}\n`),
    driver: fn.driver === '' ? undefined : () => link(`../../../bus/pci/drivers/${fn.driver}`),
    driver_override: () =>
      file(
        () => `${fn.driverOverride || '(null)'}\n`,
        (text) => writeOverride(fn, text),
      ),
    iommu_group: state.iommu ? () => link(`../../../kernel/iommu_groups/${fn.iommuGroup}`) : undefined,
    numa_node: () => file(() => '-1\n'),
    local_cpulist: () => file(() => '0-31\n'),
  });
}

function netDir(state: SimState, ns: string, pci: string): DirNode {
  const here = () => netdevsOf(state, pci).filter((n) => n.ns === ns);
  return listing(
    () => here().map((n) => n.name),
    (name) => {
      const netdev = here().find((n) => n.name === name);
      return netdev && netdevDir(state, netdev);
    },
  );
}

function cardFunction(state: SimState, ns: string, pci: string): Node | undefined {
  const fn = functionAt(state, pci);
  if (!fn || 'native' in fn) return undefined;
  const base = functionAttributes(state, fn);
  const more = 'port' in fn ? pfAttributes(state, fn) : vfAttributes(state, fn);
  const virtfns = 'port' in fn ? virtfnLinks(fn) : dir({});
  return [more, virtfns, netOf(state, ns, pci), infinibandOf(state, pci)].reduce(both, base);
}

function netOf(state: SimState, ns: string, pci: string): DirNode {
  const hasNet = () => netdevsOf(state, pci).length > 0;
  return maybe('net', hasNet, () => netDir(state, ns, pci));
}

/** If the LAG has merged both devices, only the first port has one (mlx5 ib main.c). */
function infinibandOf(state: SimState, pci: string): DirNode {
  const names = () => rdmaDevices(state).flatMap((device) => (device.pci === pci ? [device.name] : []));
  const rdmaDir = () => listing(names, (name) => (names().includes(name) ? dir({}) : undefined));
  return maybe('infiniband', () => names().length > 0, rdmaDir);
}

function functionAttributes(state: SimState, fn: Pf | Vf): DirNode {
  const card = cardOf(state);
  return dir({
    vendor: () => file(() => `0x${card.vendor}\n`),
    device: () => file(() => `0x${'port' in fn ? card.device : card.vfDevice}\n`),
    class: () => file(() => '0x020000\n'),
    driver: fn.driver === '' ? undefined : () => driverLink(fn.driver),
    driver_override: () =>
      file(
        () => `${fn.driverOverride || '(null)'}\n`,
        (text) => writeOverride(fn, text),
      ),
    iommu_group: state.iommu ? () => link(`../../../../kernel/iommu_groups/${fn.iommuGroup}`) : undefined,
    numa_node: () => file(() => '-1\n'),
    local_cpulist: () => file(() => '0-31\n'),
    current_link_speed: () => file(() => `${card.linkSpeed}\n`),
    current_link_width: () => file(() => `${state.lanes ?? card.linkWidth}\n`),
    max_link_speed: () => file(() => `${card.linkSpeed}\n`),
    max_link_width: () => file(() => `${card.maxLinkWidth}\n`),
    resource: () => file(() => resourceOf(state, fn)),
    subsystem: () => link('../../../../bus/pci'),
  });
}

function driverLink(driver: string): Node {
  return link(`../../../../bus/pci/drivers/${driver}`);
}

/** The SR-IOV files exist only if the firmware offers VFs (facts §3.1). */
function pfAttributes(state: SimState, pf: Pf): DirNode {
  if (state.numOfVfs === 0) return dir({});
  const card = cardOf(state);
  return dir({
    sriov_numvfs: () =>
      file(
        () => readNumVfs(state, pf),
        (text) => writeNumVfs(state, pf, text),
      ),
    sriov_totalvfs: () => file(() => `${state.numOfVfs}\n`),
    sriov_offset: () => file(() => `${card.vfOffset(pf.port, state.numOfVfs)}\n`),
    sriov_stride: () => file(() => `${card.vfStride}\n`),
    sriov_vf_device: () => file(() => `${card.vfDevice}\n`),
    sriov_drivers_autoprobe: () =>
      file(
        () => `${pf.autoprobe ? 1 : 0}\n`,
        (text) => writeAutoprobe(state, pf.pci, text),
      ),
  });
}

function virtfnLinks(pf: Pf): DirNode {
  return listing(
    () => pf.vfs.map((vf) => `virtfn${vf.index}`),
    (name) => {
      const vf = /^virtfn\d+$/.test(name) ? pf.vfs[Number(name.slice('virtfn'.length))] : undefined;
      return vf && link(`../${vf.pci}`);
    },
  );
}

function vfAttributes(state: SimState, vf: Vf): DirNode {
  const pf = state.pfs.find((p) => p.vfs.includes(vf));
  if (!pf) throw new Refusal('ENOENT');
  return dir({ physfn: () => link(`../${pf.pci}`) });
}
