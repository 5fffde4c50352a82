import type { HostReader } from '../host/host.ts';
import type { BootDocument } from '../model/boot.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { HostState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { touchesWayIn } from '../plan/way-in.ts';
import { wantedAddresses } from '../resource/own-netdevs.ts';
import { cardPorts } from './boot-document.ts';
import type { HostPlan } from './plan-host.ts';

/** What stands against bringing a host back and will not pass with time, and other findings. */
export function bootFindings(document: BootDocument, { plan, state }: HostPlan): readonly Finding[] {
  return [...otherPorts(document, state), ...waysIn(document, state, plan.steps)];
}

/** The card's ports are recognized by their permanent MACs: otherwise the cables may be swapped, or the card another one. */
function otherPorts({ host, ports }: BootDocument, state: HostState): readonly Finding[] {
  const now = cardPorts(host, state);
  const moved = now.filter(({ pci, mac }) => ports.some((port) => port.mac === mac && port.pci !== pci));
  const [where] = moved;
  if (where) {
    const told = moved.map(({ pci, mac }) => `${pci} has ${mac}`).join(' and ');
    return [
      finding(
        'VF2251',
        { host: host.name, at: where.pci },
        `${host.name}: the card’s ports are swapped: ${told}, which was the other one’s`,
        'Put `nic:` in the order of the ports and apply it, or put the card back as it was; then restart vflane-boot.service.',
      ),
    ];
  }
  const others = now.filter(({ pci, mac }) => ports.some((port) => port.pci === pci && port.mac !== mac));
  return others.map(({ pci, mac }) =>
    finding(
      'VF2252',
      { host: host.name, at: pci },
      `${host.name}: another card is at ${pci}: its MAC is ${mac}`,
      'If that is as it should be, say `vflane apply`, which remembers this one.',
    ),
  );
}

/** Nobody is there to confirm, so netdevs with somebody else's addresses are left alone. */
function waysIn(
  { host, spec }: BootDocument,
  state: HostState,
  steps: HostPlan['plan']['steps'],
): readonly Finding[] {
  if (isUnseen(state.links)) return [];
  const wanted = wantedAddresses(spec);
  const carrying = state.links.filter(
    ({ name, addresses }) => name !== 'lo' && addresses.some((address) => !wanted.has(address)),
  );
  return carrying.flatMap(({ name, addresses }) =>
    touchesWayIn({ ...state, session: name }, steps)
      ? [
          finding(
            'VF2253',
            { host: host.name, at: name },
            `${host.name}: what there is to do touches ${name}, which carries ${addresses.join(', ')}`,
            'Nothing was done, so that your way in stays. Say `vflane apply`, which has a way back.',
          ),
        ]
      : [],
  );
}

/** Netdevs of the card or the underlay that udev has not named yet: the kernel's name will soon change. */
export async function unnamedYet(reader: HostReader, document: BootDocument): Promise<readonly Finding[]> {
  const known = await namesIn(reader, '/run/udev/data');
  // There is no udev, and nobody else renames netdevs.
  if (known.length === 0) return [];
  const { nic } = document.host;
  const netdevs = nic.kind === 'pfs' ? await Promise.all(nic.pfs.map((pci) => netdevsOf(reader, pci))) : [];
  const names = [...netdevs.flat(), ...(document.spec.underlay?.ports ?? [])];
  const unnamed = await Promise.all(names.map((name) => isUnnamed(reader, name, known)));
  return names.flatMap((name, at) =>
    unnamed[at]
      ? [
          finding(
            'VF2254',
            { host: document.host.name, at: name },
            `${document.host.name}: udev is not done with ${name}`,
            'See `udevadm settle` and journalctl -b -u systemd-udevd.',
          ),
        ]
      : [],
  );
}

/** What of the card is still missing, in words: its driver may be late. */
export async function missingYet(reader: HostReader, { host }: BootDocument): Promise<readonly string[]> {
  const pfs = host.nic.kind === 'pfs' ? host.nic.pfs : [];
  const netdevs = await Promise.all(pfs.map((pci) => netdevsOf(reader, pci)));
  return pfs.flatMap((pci, at) =>
    netdevs[at]?.length === 0 ? [`${host.name}: ${pci} has no netdev yet`] : [],
  );
}

function netdevsOf(reader: HostReader, pci: string): Promise<readonly string[]> {
  return namesIn(reader, `/sys/bus/pci/devices/${pci}/net`);
}

/** udev's database has a file `n<ifindex>` for each netdev whose rules have run (sd_device_get_is_initialized(3)). */
async function isUnnamed(reader: HostReader, name: string, known: readonly string[]): Promise<boolean> {
  const index = await reader.readFile(`/sys/class/net/${name}/ifindex`).catch(() => '');
  return index !== '' && !known.includes(`n${index.trim()}`);
}

async function namesIn(reader: HostReader, folder: string): Promise<readonly string[]> {
  return reader.listDir(folder).catch(() => []);
}
