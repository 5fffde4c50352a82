import type { Finding } from '../model/finding.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { DomainState, MachineState } from '../model/machine-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { guestFinding, machinesOf } from './machine-parts.ts';
import type { Examined, Rule } from './rule.ts';

/** A guest needs its manager, and no foreign guest may have its name. */
export const machineManagers: Rule = (examined) =>
  machinesOf(examined).flatMap(({ name, machine }) => {
    const guest = examined.state.machines?.guests[name];
    if (guest === undefined) return [];
    return machine.manager === 'libvirt'
      ? inLibvirt(examined, name, guest)
      : [...unitTaken(examined, name, guest), ...failedLast(examined, name, guest)];
  });

function inLibvirt(examined: Examined, name: string, { domain }: MachineState): readonly Finding[] {
  if (domain === undefined || domain === null) return [];
  if (isUnseen(domain)) {
    const isMissing = domain.lacks === 'program';
    const what = isMissing ? 'libvirt is not installed' : `libvirt does not answer: ${domain.unseen}`;
    const hint = isMissing
      ? 'Install it (apt-get install libvirt-daemon-system libvirt-clients), or leave manager out: systemd runs it then.'
      : 'Start it (systemctl start libvirtd), or leave manager out: systemd runs the guest then.';
    return [guestFinding(examined, 'VF2074', name, `${what}, but is to run ${name}`, hint, 'manager')];
  }
  if (domain.xml !== null && domain.digest !== '') return endedLast(examined, name, domain);
  const hint = `Rename the guest, or that domain (virsh domrename ${name} ${name}-old).`;
  return [guestFinding(examined, 'VF2075', name, `libvirt has a domain ${name} that is not vflane's`, hint)];
}

/** libvirt's words for it (tools/virsh-domain-monitor.c); it remembers them until it is restarted itself. */
const endings: { readonly [ended: string]: string | undefined } = {
  destroyed: 'it was switched off: by hand, or because it did not shut down in time',
  crashed: 'it crashed',
  failed: 'QEMU could not start',
};

function endedLast(examined: Examined, name: string, { ended = '' }: DomainState): readonly Finding[] {
  const why = Object.hasOwn(endings, ended) ? endings[ended] : undefined;
  if (why === undefined) return [];
  const hint = `/var/log/libvirt/qemu/${name}.log says more.`;
  return [guestFinding(examined, 'VF2080', name, `${name} failed in its last run: ${why}`, hint)];
}

function unitTaken(examined: Examined, name: string, { dropIn }: MachineState): readonly Finding[] {
  if (dropIn === null || isUnseen(dropIn) || dropIn.startsWith('# Written by vflane')) return [];
  const { dropIn: path } = guestPaths(name);
  return [
    guestFinding(
      examined,
      'VF2075',
      name,
      `${path} is not vflane's, and ${name} would be started by it`,
      'Rename the guest, or remove that file.',
    ),
  ];
}

/** systemd's words for it (systemd.exec(5)); a failure of the power button counts as one of the unit. */
const reasons: { readonly [result: string]: string | undefined } = {
  'exit-code': 'QEMU ended with an error, or it did not shut down in time and was switched off',
  timeout: 'it neither started nor ended in time, and systemd ended it',
};

function failedLast(examined: Examined, name: string, { unit }: MachineState): readonly Finding[] {
  if (isUnseen(unit) || unit.active !== 'failed') return [];
  const why = reasons[unit.result] ?? `it ended with ${unit.result}`;
  const { unit: of } = guestPaths(name);
  return [
    guestFinding(
      examined,
      'VF2080',
      name,
      `${name} failed in its last run: ${why}`,
      `journalctl -b -u ${of} says more.`,
    ),
  ];
}
