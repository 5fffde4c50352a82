import { ovmf } from '../guest/firmware.ts';
import { guestPaths, guestTemplate, stateFolder } from '../model/guest-paths.ts';
import type { MachineSpec } from '../model/machine.ts';
import type { Action } from '../model/plan.ts';

/**
 * A guest's folder. libvirt's QEMU runs as a user of its own, who needs to pass through it and the folders above; what is below has modes of
 * its own. `install` also sets the mode of an existing folder.
 */
export function folderFor(folder: string, manager: MachineSpec['manager'] | undefined): Action {
  return manager === 'libvirt'
    ? { run: ['install', '-d', '--mode=0711', stateFolder, guestTemplate.folder, folder] }
    : { run: ['install', '-d', '--mode=0700', folder] };
}

/** UEFI's variables are the guest's, like its disk: an existing copy stays. (Debian's `cp -n` prints a warning.) */
export function variablesFor(at: string, definition: string): readonly Action[] {
  const { variables } = guestPaths(at);
  if (!definition.includes(variables)) return [];
  return [
    { run: ['install', '--mode=0600', ovmf.variables, `${variables}.new`] },
    { run: ['mv', '-n', `${variables}.new`, variables] },
    { run: ['rm', '-f', `${variables}.new`] },
  ];
}
