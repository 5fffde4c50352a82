import type { Ailment } from './ailment.ts';
import { listed, logged, seenOf } from './seen-parts.ts';

export const writeBlocked: Ailment = {
  code: 'VF2132',
  costs: 'The write hangs until the guest ends, and every other write to the card’s files with it.',
  source: 'facts §3.1 (blocked until device is released); vfio_main.c',
  texts: [
    'Relaying device request to user (#0)',
    'No device request channel registered, blocked until released by user',
    'Device is currently in use, task "tee" (1234) blocked until device is released',
  ],
  find: (patient) => {
    const lines = logged(patient, /Relaying device request to user|blocked until (device is )?released/);
    const holding = patient.survey.holders.filter(({ groups }) => groups.length > 0);
    if (lines.length === 0 || holding.length === 0) return [];
    const [first] = holding;
    return [
      {
        at: `pid ${first?.pid}`,
        message: `the kernel was asked to remove VFs that ${listed(holding.map(({ command, pid }) => `${command} (pid ${pid})`))} still has open`,
        evidence: [
          ...lines.slice(-2).map((text) => ({ read: 'dmesg', saw: text })),
          ...holding.slice(0, 3).map(({ pid, groups }) => ({
            read: `/proc/${pid}/fd`,
            saw: `/dev/vfio/${groups.join(', /dev/vfio/')}`,
          })),
        ],
        remedy: [`kill ${first?.pid}`],
        advice: 'Shut the guest down properly; the write then goes through. Nothing else ends it:',
      },
    ];
  },
};

export const modeRefused: Ailment = {
  code: 'VF2130',
  costs: 'The port stays in legacy mode: no representors, no offload, no VF-LAG.',
  source: 'facts §2.1, §13.2; test-eswitch-toggle-mode-fail.sh',
  texts: [
    'Error: mlx5_core: Failed setting eswitch to offloads.\nkernel answers: Invalid argument',
    'Failed setting eswitch to offloads',
    'Failed to create slow path FDB Table',
    'CREATE_FLOW_TABLE(0x930) op_mod(0x0) failed, status bad parameter(0x3), syndrome (0x98afbb), err(-22)',
  ],
  find: (patient) => {
    const lines = logged(patient, /0x98afbb|Failed to create slow path FDB/);
    const legacy = patient.state.pfs.filter(
      ({ pci, eswitch }) => seenOf(eswitch) === 'legacy' && lines.some((line) => line.includes(pci)),
    );
    return legacy.map(({ pci, vfs, driver }) => {
      const bound = vfs.filter((vf) => vf.driver !== undefined);
      return {
        at: pci,
        message: `the port was to go into switchdev but the firmware refused, because VFs had a driver${bound.length > 0 ? ` (${bound.length} have one now)` : ''}`,
        evidence: [
          ...lines
            .filter((line) => line.includes(pci))
            .slice(-2)
            .map((text) => ({ read: 'dmesg', saw: text })),
          { read: `devlink dev eswitch show pci/${pci}`, saw: 'mode legacy' },
        ],
        remedy: [
          ...bound
            .slice(0, 8)
            .map((vf) => `echo ${vf.pci} > /sys/bus/pci/drivers/${vf.driver ?? driver}/unbind`),
          `devlink dev eswitch set pci/${pci} mode switchdev`,
        ],
      };
    });
  },
};

export const lagNotUndone: Ailment = {
  code: 'VF2129',
  costs: 'The card keeps a LAG that the kernel has given up; only a reload of the driver makes it whole.',
  source: 'facts §1.3',
  texts: ['Failed to deactivate VF LAG; driver restart required'],
  find: (patient) => {
    const lines = logged(patient, /Failed to deactivate VF LAG/);
    const last = lines.at(-1);
    const isBonded = patient.state.pfs.some(({ lag }) => seenOf(lag)?.state === 'active');
    if (last === undefined || isBonded) return [];
    const [first] = patient.state.pfs;
    return [
      {
        at: first?.pci ?? 'LAG',
        message: 'the bond was taken apart while VFs had drivers, and the card did not let its LAG go',
        evidence: [{ read: 'dmesg', saw: last }],
        remedy: [`devlink dev reload pci/${first?.pci}`],
        advice: 'With every guest off the card:',
      },
    ];
  },
};
