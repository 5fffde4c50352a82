import type { PfState, VfState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Looked } from '../operate/diagnose.ts';

/** More lines than this for one port would not fit on a screen. */
const mostLines = 12;

/** A port's VFs: those of guests one by one, spare ones that are alike grouped. */
export function poolLines(pf: PfState, looked: Looked, full: boolean): readonly string[] {
  const rows = pf.vfs.map((vf) => rowOf(pf, vf, looked));
  const lines = full ? rows.map((row) => lineOf([row])) : runsOf(rows).map(lineOf);
  if (full || lines.length <= mostLines) return lines;
  return [
    ...lines.slice(0, mostLines),
    `    … and ${lines.length - mostLines} lines more: vflane show HOST --full`,
  ];
}

interface Row {
  readonly vf: VfState;
  /** All but its number and address. */
  readonly about: string;
  readonly isSpare: boolean;
}

function rowOf(pf: PfState, vf: VfState, looked: Looked): Row {
  const owner = ownerOf(pf, vf, looked);
  const admin = isUnseen(vf.admin)
    ? `settings not seen: ${vf.admin.unseen}`
    : `${vf.admin.mac}, VLAN ${vf.admin.vlan}, spoofchk ${vf.admin.spoofchk ? 'on' : 'off'}`;
  const group = vf.iommuGroup === undefined ? '' : `, group ${vf.iommuGroup}`;
  const rep = representorOf(pf, vf, looked);
  const isSpare = owner === 'spare' && vf.driver === undefined;
  const driver = (vf.driver ?? 'no driver').padEnd(9);
  const open = openIn(vf, looked);
  // Somebody else gave it to whoever has it open.
  const whose = owner === 'spare' && open !== '' ? open : [owner, open].filter(Boolean).join(', ');
  const about = `${driver}  ${admin}${isSpare ? '' : `${group}${rep}`}  ${whose}`;
  return { vf, about, isSpare };
}

/** Its owner by the journal, or by the file. */
export function ownerOf(pf: PfState, vf: VfState, { plan: { spec, fold } }: Looked): string {
  const pfs = spec?.nics.flatMap((nic) => nic.pfs) ?? [];
  const port = pfs.findIndex(({ pci }) => pci === pf.pci);
  const wanted = pfs[port]?.vfs[vf.index]?.owner;
  // On an overlay an attachment is one VF, from port 0's pool first and then from port 1's; elsewhere it is one of each port.
  const slot = spec?.overlay && port > 0 ? port * (pfs[0]?.numVfs ?? 0) + vf.index : vf.index;
  const had = Object.entries(fold.ledger.allocation).find(([, index]) => index === slot)?.[0];
  return had ?? (wanted ? `${wanted.guest}/${wanted.network} (not applied)` : 'spare');
}

/** Its representor, by the port's name and never by the netdev's. */
export function representorName(
  pf: PfState,
  vf: VfState,
  { patient: { state } }: Looked,
): string | undefined {
  if (isUnseen(state.links)) return undefined;
  const wanted = `pf${pf.pci.slice(-1)}vf${vf.index}`;
  const parent = (link: { readonly parentDev: string | undefined }) =>
    link.parentDev === undefined || link.parentDev === pf.pci;
  return state.links.find((link) => (link.physPortName ?? '').replace(/^c\d+/, '') === wanted && parent(link))
    ?.name;
}

function representorOf(pf: PfState, vf: VfState, looked: Looked): string {
  const name = representorName(pf, vf, looked);
  return name === undefined ? '' : `, representor ${name}`;
}

/** The process that has the VF open: as a rule its guest's VM. */
export function holderOf({ driver, iommuGroup }: VfState, { patient: { state } }: Looked) {
  if (driver !== 'vfio-pci' || isUnseen(state.holders)) return undefined;
  return state.holders.find(({ path }) => path === `/dev/vfio/${iommuGroup}`);
}

function openIn(vf: VfState, looked: Looked): string {
  const { holders } = looked.patient.state;
  if (vf.driver === 'vfio-pci' && isUnseen(holders)) return 'who has it open was not seen';
  const holder = holderOf(vf, looked);
  if (!holder) return '';
  const vm = looked.patient.survey.holders.find(({ pid }) => pid === holder.pid)?.vm;
  return `open in ${holder.command} (pid ${holder.pid}${vm === undefined ? '' : `, libvirt’s ${vm}`})`;
}

/** Consecutive spare VFs that are alike. */
function runsOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const runs: Row[][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    if (last && before?.isSpare && row.isSpare && before.about === row.about) last.push(row);
    else runs.push([row]);
  }
  return runs;
}

function lineOf(run: readonly Row[]): string {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return '';
  if (run.length === 1) return `    VF ${`${first.vf.index}`.padStart(3)} ${first.vf.pci}  ${first.about}`;
  return `    VF ${`${first.vf.index}`.padStart(3)}–${last.vf.index} (${run.length} VFs, from ${first.vf.pci})  ${first.about}`;
}
