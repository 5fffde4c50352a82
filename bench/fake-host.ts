import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseFabric } from '../src/fabric/parse-fabric.ts';
import { fileStore } from '../src/host/file-store.ts';
import type { HostReader } from '../src/host/host.ts';
import { localSite } from '../src/operate/local-site.ts';
import { planFromFile } from '../src/operate/plan-host.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import type { SimHost } from '../src/sim/sim-host.ts';

/** VFs on each of the two ports; each pair belongs to a guest. */
export const vfsPerPort = 127;

/** `changed`: another VLAN, rate, trust and spoofchk for every VF. */
function fabricText(changed: boolean): string {
  const settings = changed ? 'max-rate: 10G, trust: true, spoofchk: false' : 'max-rate: 1G';
  const guest = (n: number) =>
    `      vm${n}: { external: true, networks: { storage: { address: none, ${settings} } } }`;
  return [
    'name: rack7',
    `networks: { storage: { id: ${changed ? 52 : 42}, mtu: 9000 } }`,
    'hosts:',
    '  alpha:',
    `    connect: "sim:connectx5?num-of-vfs=${vfsPerPort}"`,
    '    datapath: legacy-vlan',
    '    nic: "0000:03:00"',
    `    vfs: ${vfsPerPort}`,
    '    guests:',
    ...Array.from({ length: vfsPerPort }, (_, n) => guest(n)),
    '',
  ].join('\n');
}

/**
 * Makes a folder that stands for a host on which the file is applied:
 * - `root/`: its files; `var/`: vflane's journal; `bin/ip`: answers as the host's would;
 * - `fabric.yaml`: as applied; `changed.yaml`: another VLAN, rate, trust and spoofchk for every VF.
 *
 * A simulated host has done the same before, and the folder gives its answers.
 */
export async function makeFakeHost(folder: string): Promise<void> {
  const [file, changed] = [join(folder, 'fabric.yaml'), join(folder, 'changed.yaml')];
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, fabricText(false));
  writeFileSync(changed, fabricText(true));
  const machine = await appliedHost(join(folder, 'var'));
  await writeOut(machine, join(folder, 'root'));
  await writeAnswers(machine, join(folder, 'ip', 'before'));
  cpSync(join(folder, 'var'), join(folder, 'var-of-the-simulated-one'), { recursive: true });
  const linesBefore = machine.state.log.length;
  await applyOn(machine, join(folder, 'var-of-the-simulated-one'), fabricText(true));
  await writeAnswers(machine, join(folder, 'ip', 'after'));
  const batches = machine.state.log.slice(linesBefore).map((entry) => ('run' in entry ? entry.stdin : ''));
  writeFileSync(join(folder, 'ip', 'expected'), batches.join(''));
  writeIp(folder);
}

/** A simulated host on which the file is applied. */
export async function appliedHost(varFolder: string): Promise<SimHost> {
  const machine = memorySim({
    name: 'alpha',
    card: 'connectx5',
    kernel: 'debian-13',
    numOfVfs: vfsPerPort,
  });
  await applyOn(machine, varFolder, fabricText(false));
  return machine;
}

async function applyOn(machine: SimHost, varFolder: string, text: string): Promise<void> {
  const site = localSite({
    host: machine,
    store: fileStore(varFolder),
    clock: machine.clock,
    self: ['vflane'],
  });
  const { fabric, findings } = parseFabric(text, 'fabric.yaml');
  const [host] = fabric?.hosts ?? [];
  if (!fabric || !host) throw new Error(`the fabric is wrong: ${JSON.stringify(findings)}`);
  const { plan } = await planFromFile(site, fabric, host, { allowDisruption: false });
  const outcome = await site.carryOut({ do: 'apply', plan, planId: 'made', verb: 'apply' }, () => {});
  if (outcome.kind !== 'applied')
    throw new Error(`the simulated host was not set up: ${JSON.stringify(outcome)}`);
}

/** Writes everything that can be read from a host as a tree of files. */
export async function writeOut(host: HostReader, root: string): Promise<void> {
  for (const folder of ['/proc', '/sys/module', '/sys/kernel/iommu_groups', '/sys/bus/pci/drivers']) {
    await copy(host, folder, root);
  }
  for (const pci of await host.listDir('/sys/bus/pci/devices')) {
    const folder = `/sys/bus/pci/devices/${pci}`;
    for (const name of await host.listDir(folder)) await copy(host, `${folder}/${name}`, root);
  }
  for (const port of [0, 1]) {
    const netdev = join(root, `sys/class/net/enp3s0f${port}np${port}`);
    mkdirSync(netdev, { recursive: true });
    symlinkSync(`../../../bus/pci/devices/0000:03:00.${port}`, join(netdev, 'device'));
  }
}

async function copy(host: HostReader, path: string, root: string): Promise<void> {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  const target = await orNothing(() => host.readLink(path));
  if (target !== undefined) return symlinkSync(target, place);
  const names = await orNothing(() => host.listDir(path));
  if (names === undefined) return writeFileSync(place, (await orNothing(() => host.readFile(path))) ?? '');
  mkdirSync(place, { recursive: true });
  for (const name of names) await copy(host, `${path}/${name}`, root);
}

async function orNothing<Value>(look: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}

async function writeAnswers(host: HostReader, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const put = async (name: string, argv: readonly string[]) =>
    writeFileSync(join(folder, name), (await host.query(argv)).stdout);
  await put('all', ['ip', '-j', '-d', 'addr', 'show']);
  for (const pf of ['enp3s0f0np0', 'enp3s0f1np1']) {
    await put(pf, ['ip', '-j', '-d', 'link', 'show', 'dev', pf]);
  }
}

/** Answers at once; after it has received every line of the change, it answers as the changed host does. */
function writeIp(folder: string): void {
  mkdirSync(join(folder, 'bin'));
  symlinkSync('before', join(folder, 'ip', 'now'));
  const script = `#!/bin/sh
cd "\${0%/*}/../ip"
case "$*" in
'-j -d addr show') exec cat now/all ;;
'-j -d link show dev '*) exec cat "now/$6" ;;
'-batch -') cat >> told; if cmp -s told expected; then ln -sfn after now; fi ;;
esac
`;
  writeFileSync(join(folder, 'bin', 'ip'), script, { mode: 0o755 });
}
