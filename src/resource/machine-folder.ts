import { guestTemplate, stateFolder } from '../model/guest-paths.ts';
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
