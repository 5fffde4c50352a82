import { isUnseen } from '../model/unseen.ts';
import type { Ailment, Symptom } from './ailment.ts';
import { listed, portsOf, seenOf, some, vfsOf } from './seen-parts.ts';

export const takenByNewId: Ailment = {
  code: 'VF2043',
  costs:
    'VFs without an owner are open to whoever may open /dev/vfio, and the seed’s script fails on its second run.',
  source: 'facts §3.3, §14.14',
  texts: ['tee: /sys/bus/pci/drivers/vfio-pci/new_id: File exists', 'new_id: File exists'],
  find: ({ state }) => {
    const open = new Set((seenOf(state.holders) ?? []).map(({ path }) => path));
    const taken = vfsOf(state)
      .map(({ vf }) => vf)
      .filter(({ driver, driverOverride, iommuGroup }) => {
        const isIdle = !open.has(`/dev/vfio/${iommuGroup}`);
        // A function whose group is unknown may be open in a VM.
        const isTaken = driver === 'vfio-pci' && driverOverride !== 'vfio-pci' && iommuGroup !== undefined;
        return isTaken && isIdle;
      });
    const [first] = taken;
    if (first === undefined || isUnseen(state.holders)) return [];
    const id = ['vendor', 'device'].map((name) => `/sys/bus/pci/devices/${first.pci}/${name}`).join(' ');
    return [
      {
        at: some(taken.map(({ pci }) => pci)),
        message: `vfio-pci has ${taken.length} VFs that no driver_override gave it and that nobody uses`,
        evidence: taken.slice(0, 4).map(({ pci }) => ({
          read: `/sys/bus/pci/devices/${pci}`,
          saw: 'driver vfio-pci, driver_override (null)',
        })),
        remedy: [
          `echo $(cat ${id}) > /sys/bus/pci/drivers/vfio-pci/remove_id`,
          ...taken.slice(0, 8).map(({ pci }) => `echo ${pci} > /sys/bus/pci/drivers/vfio-pci/unbind`),
        ],
      },
    ];
  },
};

export const groupNotViable: Ailment = {
  code: 'VF2135',
  costs: 'The VM does not start: a group goes to user space whole or not at all.',
  source: 'facts §3.3; Documentation/driver-api/vfio.rst',
  texts: [
    'vfio 0000:03:00.2: group 15 is not viable',
    'group is not viable',
    'Please ensure all devices within the iommu_group are bound to their vfio bus driver.',
  ],
  find: ({ state, survey }) => {
    const functions = [
      ...vfsOf(state).map(({ vf }) => ({ pci: vf.pci, driver: vf.driver, group: vf.iommuGroup })),
      ...state.pfs.map(({ pci, driver }) => ({ pci, driver, group: survey.cards[pci]?.iommuGroup })),
    ];
    const forVms = functions.filter(({ driver, group }) => driver === 'vfio-pci' && group !== undefined);
    const groups = [...new Set(forVms.flatMap(({ group }) => group ?? []))];
    return groups.flatMap((group): readonly Symptom[] => {
      const others = functions.filter(
        (one) => one.group === group && one.driver !== undefined && one.driver !== 'vfio-pci',
      );
      if (others.length === 0) return [];
      return [
        {
          at: `group ${group}`,
          message: `${listed(others.map(({ pci, driver }) => `${pci} (${driver})`))} shares the IOMMU group of a VF that is for a VM`,
          evidence: [
            {
              read: `ls /sys/kernel/iommu_groups/${group}/devices`,
              saw: functions
                .filter((one) => one.group === group)
                .map(({ pci }) => pci)
                .join(' '),
            },
          ],
          remedy: others.map(({ pci, driver }) => `echo ${pci} > /sys/bus/pci/drivers/${driver}/unbind`),
          advice:
            'Move the card to a slot that has groups of its own (ACS), switch ACS or ARI on in the BIOS, or free the others:',
        },
      ];
    });
  },
};

export const bindRefused: Ailment = {
  code: 'VF2133',
  costs: 'The VF gets no driver, and whatever waits for it keeps waiting.',
  source: 'facts §3.3 (pci_device_can_probe)',
  texts: [
    'tee: /sys/bus/pci/drivers/vfio-pci/bind: No such device',
    'tee: /sys/bus/pci/drivers/mlx5_core/unbind: No such device',
    'write error: No such device',
  ],
  find: ({ state }) =>
    state.pfs.flatMap(({ pci, autoprobe, vfs }): readonly Symptom[] => {
      const waiting = vfs.filter(
        ({ driver, driverOverride }) => driver === undefined && driverOverride !== '',
      );
      if (seenOf(autoprobe) !== false || waiting.length === 0) return [];
      return [
        {
          at: some(waiting.map((vf) => vf.pci)),
          message: `${waiting.length} VFs should have a driver (driver_override) but have none`,
          evidence: [
            { read: `/sys/bus/pci/devices/${pci}/sriov_drivers_autoprobe`, saw: '0' },
            ...waiting.slice(0, 3).map((vf) => ({
              read: `/sys/bus/pci/devices/${vf.pci}/driver_override`,
              saw: vf.driverOverride,
            })),
          ],
          remedy: [
            ...new Set(waiting.map((vf) => `modprobe ${vf.driverOverride}`)),
            ...waiting.slice(0, 8).map((vf) => `echo ${vf.pci} > /sys/bus/pci/drivers_probe`),
          ],
          advice:
            'While autoprobe is 0 a VF is bound through driver_override and drivers_probe, never through bind alone:',
        },
      ];
    }),
};

export const portWithoutDriver: Ailment = {
  code: 'VF2002',
  costs: 'None of its VFs can be made or set.',
  source: 'facts §3.1',
  texts: ['no driver bound to device; cannot configure SR-IOV', 'sriov_numvfs: No such file or directory'],
  find: ({ state }) =>
    state.pfs
      .filter(
        (pf) =>
          pf.present &&
          pf.netdev === undefined &&
          !isUnseen(pf.numVfs) &&
          portsOf(state).every(({ pf: other }) => other.pci !== pf.pci),
      )
      .map(({ pci, driver }) => ({
        at: pci,
        message:
          driver === undefined ? 'the port has no driver' : `the port has no netdev; its driver is ${driver}`,
        evidence: [{ read: `/sys/bus/pci/devices/${pci}/driver`, saw: driver ?? 'none' }],
        remedy: ['modprobe mlx5_core', `echo ${pci} > /sys/bus/pci/drivers_probe`],
      })),
};
