/** Where a host keeps what belongs to its VMs. A guest's name is a DNS label: it fits a path and a unit's name as it is. */

export const stateFolder = '/var/lib/vflane';
/** Images that the file names without a folder. */
export const imageFolder = `${stateFolder}/images`;
const guestFolder = `${stateFolder}/guests`;
const runFolder = '/run/vflane/guests';
const unitFolder = '/etc/systemd/system';

/** The template unit; every guest is an instance of it. */
export const guestTemplate = {
  path: `${unitFolder}/vflane-guest@.service`,
  /** The script that waits for a guest to start, and shuts it down as its power button would. */
  power: `${guestFolder}/power`,
  folder: guestFolder,
} as const;

export interface GuestPaths {
  readonly folder: string;
  /** The qcow2 overlay, which holds everything that the guest writes. */
  readonly disk: string;
  readonly seedFolder: string;
  /** The volume that cloud-init reads. */
  readonly seed: string;
  /** A copy of the firmware's variables, with UEFI. */
  readonly variables: string;
  readonly domain: string;
  readonly unit: string;
  readonly dropInFolder: string;
  readonly dropIn: string;
  /** The link that makes systemd start it with the host. */
  readonly wantedBy: string;
  readonly runFolder: string;
  readonly console: string;
  readonly qmp: string;
  readonly agent: string;
  readonly pidFile: string;
}

export function guestPaths(name: string): GuestPaths {
  const [folder, run] = [`${guestFolder}/${name}`, `${runFolder}/${name}`];
  const unit = unitOf(name);
  const dropInFolder = `${unitFolder}/${unit}.d`;
  return {
    folder,
    disk: `${folder}/disk.qcow2`,
    seedFolder: `${folder}/seed`,
    seed: `${folder}/seed.img`,
    variables: `${folder}/firmware-variables.fd`,
    domain: `${folder}/domain.xml`,
    unit,
    dropInFolder,
    dropIn: `${dropInFolder}/guest.conf`,
    wantedBy: `${unitFolder}/multi-user.target.wants/${unit}`,
    runFolder: run,
    console: `${run}/console.sock`,
    qmp: `${run}/qmp.sock`,
    agent: `${run}/agent.sock`,
    pidFile: `${run}/qemu.pid`,
  };
}

function unitOf(name: string): string {
  return `vflane-guest@${name}.service`;
}
