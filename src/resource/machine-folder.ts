import { ovmf } from '../guest/firmware.ts';
import { guestPaths, guestTemplate, stateFolder } from '../model/guest-paths.ts';
import type { MachineSpec } from '../model/machine.ts';
import type { Action } from '../model/plan.ts';

/**
 * A guest's folder. libvirt's QEMU is a user of its own, who has to pass it and all that it is in; what is below has modes of
 * its own. `install` sets the mode of a folder that is there, too.
 */
export function folderFor(folder: string, manager: MachineSpec['manager'] | undefined): Action {
  return manager === 'libvirt'
    ? { run: ['install', '-d', '--mode=0711', stateFolder, guestTemplate.folder, folder] }
    : { run: ['install', '-d', '--mode=0700', folder] };
}

/** UEFI's own variables are the guest's, as its disk is: a copy that is there stays. (Debian's `cp -n` warns of itself.) */
export function variablesFor(at: string, definition: string): readonly Action[] {
  const { variables } = guestPaths(at);
  if (!definition.includes(variables)) return [];
  return [
    { run: ['install', '--mode=0600', ovmf.variables, `${variables}.new`] },
    { run: ['mv', '-n', `${variables}.new`, variables] },
    { run: ['rm', '-f', `${variables}.new`] },
  ];
}
