import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, tell } from './figure.ts';
import { type Measured, scaleFigures } from './scale.ts';
import { watchedPlan } from './watched.ts';

const rounds = 3;
const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));

/** A fabric of simulated hosts, four guests on two networks each. */
function fabricText(hosts: number): string {
  const guest = (host: number, n: number) => {
    const last = host * 4 + n + 1;
    const address = `10.${last >> 16}.${(last >> 8) & 255}.${last & 255}/12`;
    return `      h${host}-vm${n}: { external: true, networks: { storage: ${address}, household: none } }`;
  };
  const host = (n: number) => [
    `  h${n}:`,
    '    connect: sim:connectx5/debian-13?num-of-vfs=127',
    '    datapath: legacy-vlan',
    '    nic: "0000:03:00"',
    '    vfs: 127',
    '    guests:',
    ...[0, 1, 2, 3].map((place) => guest(n, place)),
  ];
  const networks = 'networks: { storage: { id: 42, mtu: 9000, subnet: 10.0.0.0/12 }, household: { id: 43 } }';
  return [
    'name: rack7',
    networks,
    'hosts:',
    ...Array.from({ length: hosts }, (_, n) => host(n)).flat(),
    '',
  ].join('\n');
}

function plan(hosts: number): Measured {
  return watchedPlan(folder, join(folder, `${hosts}.yaml`), 'ignore');
}

for (const hosts of [100, 1000]) writeFileSync(join(folder, `${hosts}.yaml`), fabricText(hosts));
const [few = [], many = []] = inTurns(rounds, [() => plan(100), () => plan(1000)]);
rmSync(folder, { recursive: true });

tell(scaleFigures('vflane plan --json of 1000 simulated hosts, 4 guests each', few, many));
