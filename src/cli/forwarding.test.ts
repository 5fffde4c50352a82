import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-forwarding-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two hosts whose tunnels are not in hardware: one for want of a kernel, one because the file says so. */
const fabric = `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  stock:
    connect: sim:connectx5/debian-13
    datapath: ovs-tc
    nic: "0000:03:00"
    vfs: 1
    offload: preferred
    underlay: 192.168.9.1/24
    guests: { ceph1: { external: true, networks: { storage: 192.168.10.2/24 } } }
  plain:
    connect: sim:connectx5/debian-13
    datapath: ovs-tc
    nic: "0000:03:00"
    vfs: 1
    offload: off
    underlay: 192.168.9.2/24
    guests: { ceph2: { external: true, networks: { storage: 192.168.10.3/24 } } }
`;
writeFileSync(join(folder, 'fabric.yaml'), fabric);

interface Told {
  readonly findings: readonly { readonly code: string; readonly where: { readonly host?: string } }[];
}

async function vflane(line: string): Promise<string> {
  let said = '';
  const sink = {
    write: (text: string) => {
      said += text;
    },
  };
  const quiet = { write: () => {} };
  const stderr = line.includes('--json') ? quiet : sink;
  await runProgram(line.split(' '), { env: {}, cwd: folder, stdout: sink, stderr });
  return said;
}

test('every verb about a host says that it forwards in software, and why', async () => {
  for (const verb of ['plan', 'apply --yes', 'verify', 'status', 'show', 'apply --yes']) {
    const text = await vflane(verb);
    expect(text, verb).toMatch(
      /warning VF2031 stock .*hw-tc-offload is off and fixed; it continues in software/,
    );
    expect(text, verb).toMatch(/info VF2062 plain .*the file says offload: off/);
    const { findings } = JSON.parse(await vflane(`${verb} --json`)) as Told;
    const told = findings.map(({ code, where }) => `${code} ${where.host}`);
    expect(told, verb).toEqual(expect.arrayContaining(['VF2031 stock', 'VF2062 plain']));
  }
});
