import type { VfAdmin, VfState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import { seenOf, vfsOf } from './seen-parts.ts';

/** The MAC of a VF that was given none. */
const unset = '00:00:00:00:00:00';

/** Bonds of guests that this host can see into. */
export function guestBonds({ state }: Patient) {
  return Object.entries(state.namespaces).flatMap(([namespace, links]) =>
    links === null || isUnseen(links)
      ? []
      : links
          .filter(({ bond }) => bond !== undefined)
          .map((bond) => ({ namespace, bond, members: links.filter(({ master }) => master === bond.name) })),
  );
}

function vfOfMember({ state }: Patient, pci: string | undefined) {
  return vfsOf(state).find(({ vf }) => vf.pci === pci);
}

export const onePortShared: Ailment = {
  code: 'VF2150',
  costs: 'The guest’s bond looks redundant, but dies with the one port that both its VFs are on.',
  source: 'facts §8; the seed, step 2A1 (one VF from each PF)',
  texts: ['both VFs of the guest are of one port', 'guest bond does not survive a lost port'],
  find: (patient) => [...namespacesOnOnePort(patient), ...vmsOnOnePort(patient)],
};

function namespacesOnOnePort(patient: Patient): readonly Symptom[] {
  return guestBonds(patient).flatMap(({ namespace, bond, members }): readonly Symptom[] => {
    const vfs = members.flatMap(({ parentDev }) => vfOfMember(patient, parentDev) ?? []);
    const ports = new Set(vfs.map(({ pf }) => pf.pci));
    if (vfs.length < 2 || ports.size !== 1) return [];
    return [shared(`${namespace}/${bond.name}`, `the bond ${bond.name} of ${namespace}`, vfs, [...ports])];
  });
}

/** Two VFs of one port in one VM: what it does with them inside cannot be seen from here. */
function vmsOnOnePort(patient: Patient): readonly Symptom[] {
  const isLegacy = patient.state.pfs.every(({ eswitch }) => seenOf(eswitch) !== 'switchdev');
  if (!isLegacy || patient.state.pfs.length < 2) return [];
  return patient.survey.holders.flatMap(({ pid, command, groups }): readonly Symptom[] => {
    const vfs = vfsOf(patient.state).filter(
      ({ vf }) => vf.iommuGroup !== undefined && groups.includes(vf.iommuGroup),
    );
    const ports = new Set(vfs.map(({ pf }) => pf.pci));
    const networks = new Set(vfs.map(({ vf }) => seenOf<VfAdmin>(vf.admin)?.vlan));
    if (vfs.length < 2 || ports.size !== 1 || networks.size === vfs.length) return [];
    return [shared(`pid ${pid}`, `${command} (pid ${pid})`, vfs, [...ports])];
  });
}

function shared(
  at: string,
  who: string,
  vfs: readonly { readonly vf: VfState; readonly pf: { readonly pci: string } }[],
  ports: readonly string[],
): Symptom {
  return {
    at,
    message: `${who} has ${vfs.length} VFs, all on port ${ports.join()}`,
    evidence: vfs.map(({ vf, pf }) => ({ read: `/sys/bus/pci/devices/${vf.pci}/physfn`, saw: pf.pci })),
    remedy: [],
    advice: 'Give it a VF from each port (vflane plan does), and take one of these away.',
  };
}

export const guestBondUnwatched: Ailment = {
  code: 'VF2151',
  costs: 'The guest never leaves a dead port.',
  source: 'facts §8 (no monitoring unless asked for)',
  texts: ['bond in the guest without miimon', 'MII Polling Interval (ms): 0'],
  find: (patient) =>
    guestBonds(patient)
      .filter(({ bond }) => bond.bond?.miimonMs === 0 && bond.bond.arpIntervalMs === 0)
      .map(({ namespace, bond }) => ({
        at: `${namespace}/${bond.name}`,
        message: `the bond ${bond.name} of ${namespace} monitors neither link nor ARP`,
        evidence: [{ read: `ip -n ${namespace} -d link show ${bond.name}`, saw: 'miimon 0, arp_interval 0' }],
        remedy: [`ip -n ${namespace} link set dev ${bond.name} type bond miimon 100`],
      })),
};

export const foreignMac: Ailment = {
  code: 'VF2111',
  costs:
    'spoofchk passes only the MAC that the PF gave: what the guest sends from another one is dropped, after a failover at the latest.',
  source: 'facts §4.3, §8, §14.13',
  texts: [
    'spoofed packets detected',
    'guest is cut off after failover',
    'VF 0 attempted to override administratively set MAC address',
  ],
  find: (patient) =>
    guestBonds(patient).flatMap(({ namespace, bond, members }) => {
      const wrong = members.flatMap((link) => {
        const found = vfOfMember(patient, link.parentDev);
        const admin = found === undefined ? undefined : seenOf<VfAdmin>(found.vf.admin);
        return admin?.spoofchk && admin.mac !== unset && admin.mac !== link.mac ? [{ link, admin }] : [];
      });
      return wrong.map(({ link, admin }) => ({
        at: `${namespace}/${link.name}`,
        message: `${link.name} of ${namespace} sends as ${link.mac}, but the card lets only ${admin.mac} pass`,
        evidence: [
          { read: `ip -n ${namespace} link show ${link.name}`, saw: `link/ether ${link.mac}` },
          {
            read: `ip -n ${namespace} -d link show ${bond.name}`,
            saw: `fail_over_mac ${bond.bond?.failOverMac}`,
          },
        ],
        remedy: [`ip -n ${namespace} link set dev ${bond.name} type bond fail_over_mac active`],
        advice: 'Let the bond take the MAC of its active VF (only while it has no slaves):',
      }));
    }),
};

/** CPU lists as the kernel prints them, `0-3,8`. */
export function cpusIn(list: string): ReadonlySet<number> {
  const parts = list.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return Number.isInteger(from) && Number.isInteger(to) && to >= from && to - from < 8192
      ? Array.from({ length: to - from + 1 }, (_, at) => from + at)
      : [];
  });
  return new Set(parts);
}

export const farFromCard: Ailment = {
  code: 'VF2120',
  costs:
    'Every packet of the guest crosses between the sockets: more latency, and figures that vary from run to run.',
  source: 'facts §10, §14.20',
  texts: ['VM on another NUMA node than the NIC', 'throughput varies from run to run'],
  find: ({ state, survey }) => {
    const [card] = state.pfs.flatMap(({ pci }) => survey.cards[pci] ?? []);
    const [node, near] = [seenOf(card?.numaNode), seenOf(card?.localCpus)];
    if (node === undefined || node < 0 || near === undefined) return [];
    const local = cpusIn(near);
    return survey.holders.flatMap(({ pid, command, cpus }): readonly Symptom[] => {
      const list = seenOf(cpus);
      const far = [...cpusIn(list ?? '')].filter((cpu) => !local.has(cpu));
      if (list === undefined || far.length === 0) return [];
      return [
        {
          at: `pid ${pid}`,
          message: `${command} (pid ${pid}) may run on CPUs that are not near the card, which is on NUMA node ${node}`,
          evidence: [
            { read: `/proc/${pid}/status`, saw: `Cpus_allowed_list: ${list}` },
            { read: `/sys/bus/pci/devices/${state.pfs[0]?.pci}/local_cpulist`, saw: near },
          ],
          remedy: [`taskset -a -c -p ${near} ${pid}`],
          advice: 'Pin it now, and in its VM manager for the next start:',
        },
      ];
    });
  },
};
