import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFabric } from '../src/fabric/parse-fabric.ts';
import { fileStore } from '../src/host/file-store.ts';
import { localSite } from '../src/operate/local-site.ts';
import { planFromFile } from '../src/operate/plan-host.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import { tell } from './figure.ts';

const others = 60;
const added = 'added';

/** Every second guest is a VM, the others are namespaces. */
function fabricText(more: readonly string[]): string {
  const kind = (n: number) =>
    n % 2 === 0 ? 'netns: true' : 'vm: { cpus: 1, memory: 64M, disk: debian-13.qcow2 }';
  const guest = (name: string, n: number) =>
    `      ${name}: { ${kind(n)}, networks: { storage: 10.0.0.${n + 1}/24 } }`;
  const names = [...Array.from({ length: others }, (_, n) => `other${n}`), ...more];
  return [
    'name: rack7',
    'networks: { storage: { id: 42, mtu: 9000, subnet: 10.0.0.0/24 } }',
    'hosts:',
    '  alpha:',
    '    connect: "sim:connectx5?num-of-vfs=64"',
    '    datapath: legacy-vlan',
    '    nic: "0000:03:00"',
    '    vfs: 64',
    '    guests:',
    // The added guest is a VM with a disk, a seed, a unit and two VFs.
    ...names.map((name, n) => guest(name, name === added ? n + 1 : n)),
    '',
  ].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
const machine = memorySim({ name: 'alpha', card: 'connectx5', kernel: 'debian-13', numOfVfs: 64 });
const store = fileStore(folder);
const site = localSite({ host: machine, store, clock: machine.clock, self: ['vflane'] });

/** What was done to the host: the processes that change something, and the writes. */
async function apply(text: string, planId: string): Promise<readonly string[]> {
  const { fabric, findings } = parseFabric(text, 'fabric.yaml');
  const [host] = fabric?.hosts ?? [];
  if (!fabric || !host) throw new Error(`the fabric is wrong: ${JSON.stringify(findings)}`);
  const { plan } = await planFromFile(site, fabric, host, { allowDisruption: false });
  const from = machine.state.log.length;
  const outcome = await site.carryOut({ do: 'apply', plan, planId, verb: 'apply' }, () => {});
  if (outcome.kind !== 'applied') throw new Error(`not applied: ${JSON.stringify(outcome)}`);
  return machine.state.log
    .slice(from)
    .map(({ run = [], stdin = '', write = '', text: body = '' }) => [...run, stdin, write, body].join(' '));
}

/** Whether it names another guest: by name, by address, by one of its VFs as the PF's lines name it, or by PCI address. */
function concernsOthers(done: string): boolean {
  if (/\bother\d+\b/.test(done)) return true;
  if ([...done.matchAll(/\bvf (\d+)\b/g)].some(([, index]) => Number(index) < others)) return true;
  return taken.some((pci) => done.includes(pci));
}

const first = await apply(fabricText([]), 'sixty');
/** The drivers that have probed each VF; a VF without a guest is never probed. */
const probes = () =>
  Object.entries(machine.state.probes ?? {}).map(([pci, drivers]) => [pci, drivers.join()]);
const before = probes();
const taken = before.map(([pci = '']) => pci);
const done = await apply(fabricText([added]), 'added');
const concerning = done.filter(concernsOthers);
if (taken.length !== 2 * others || first.filter(concernsOthers).length < others)
  throw new Error('those who are there were not set up, or are not known by what was done');
const after = new Map(probes().map(([pci = '', drivers = '']) => [pci, drivers]));
const probedAgain = before.filter(([pci = '', drivers]) => after.get(pci) !== drivers);
rmSync(folder, { recursive: true });

tell([
  {
    kind: 'count',
    what: `one VM added to a host with ${others} guests: what concerns another guest`,
    figure: concerning.length,
    unit: 'processes',
    limit: { atMost: 0 },
    peer: `all that is done: ${done.length}`,
    details: concerning,
  },
  {
    kind: 'count',
    what: 'VFs of other guests that a driver probed again meanwhile',
    figure: probedAgain.length,
    unit: 'processes',
    limit: { atMost: 0 },
  },
]);
