import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell, IsolationResult } from '../src/measure/isolation-result.ts';
import { appliedRack } from './support/applied-rack.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import type { Rack, Said } from './support/rack.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: isolation of three hosts on real Open vSwitch: ${missing}`);

type Told = IsolationResult & {
  readonly findings: readonly { readonly code: string; readonly message: string }[];
};

describe.skipIf(missing)('vflane test isolation, on real Open vSwitch', () => {
  let rack: Rack;
  beforeAll(async () => {
    rack = await appliedRack();
  }, 60_000);
  afterAll(() => rack?.stop());

  async function tested(): Promise<{ readonly said: Said; readonly told: Told }> {
    const said = await rack.vflane('test', 'isolation', '--json');
    return { said, told: JSON.parse(said.stdout) as Told };
  }

  const verdicts = ({ cells }: Told, holds: (cell: Cell) => boolean): readonly string[] => [
    ...new Set(cells.filter(holds).map(({ verdict }) => verdict)),
  ];
  const isTraffic = ({ attack }: Cell): boolean =>
    ['unicast', 'ARP/ND', 'broadcast', 'multicast'].includes(attack);

  test('networks carry their own traffic, nothing crosses, and nobody passes for another', async () => {
    const { said, told } = await tested();
    expect(said.code, said.stdout + said.stderr).toBe(0);
    // guest4 may use any address, and so attacks best.
    const household = ['guest1', 'guest2', 'guest4', 'guest6'].map((guest) => `${guest}/household`);
    const storage = ['disk1', 'disk2', 'disk3'].map((guest) => `${guest}/storage`);
    expect(told.guests.toSorted()).toEqual([...household, ...storage].toSorted());
    expect(verdicts(told, (cell) => cell.from === cell.to && isTraffic(cell))).toEqual(['carried']);
    const posing = told.cells.filter((cell) => cell.from === cell.to && !isTraffic(cell) && cell.tried > 0);
    expect(posing.filter(({ from }) => from === 'storage').every(({ verdict }) => verdict === 'held')).toBe(
      true,
    );
    const passed = posing.filter(({ verdict }) => verdict === 'passes').flatMap(({ arrived }) => arrived);
    expect(passed.length).toBeGreaterThan(0);
    expect(passed.every((pair) => pair.startsWith('guest4/household → '))).toBe(true);
    expect(verdicts(told, (cell) => cell.from !== cell.to)).toEqual(['held']);
    const across = told.cells.filter(({ from, to }) => from !== to);
    expect(across.every(({ tried }) => tried > 0)).toBe(true);
  });

  test('is in the report, with its result', async () => {
    const { stdout } = await rack.done('report', '--out', 'page.html');
    expect(stdout).toContain('1 isolation test');
    expect(readFileSync(join(rack.command.cwd, 'page.html'), 'utf8')).toContain('guest4/household');
  });

  test('prints a matrix for a person', async () => {
    const { code, stdout } = await rack.vflane('test', 'isolation');
    console.info(stdout);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^household → storage +·/m);
    expect(stdout).toMatch(/^within storage +ok/m);
  });

  test('without the flows against spoofing it reports who passes for whom: exit 9', async () => {
    const { beta } = rack.hosts;
    beta.run(['ovs-ofctl', 'add-flow', 'br-household', 'priority=65000,actions=NORMAL']);
    const { said, told } = await tested();
    beta.run(['ovs-ofctl', '--strict', 'del-flows', 'br-household', 'priority=65000']);
    expect(said.code).toBe(9);
    const leaks = told.cells.filter(({ verdict }) => verdict === 'leaked');
    expect(leaks.map(({ attack }) => attack)).toEqual(
      expect.arrayContaining(['forged MAC', 'forged IP', 'gratuitous ARP', 'rogue RA', 'rogue DHCP']),
    );
    expect(leaks.every(({ arrived }) => arrived.every((pair) => pair.startsWith('guest2/')))).toBe(true);
  });

  test('a tenant’s bridge that is up, with an address, opens the other network to VXLAN: exit 9', async () => {
    const { alpha } = rack.hosts;
    alpha.run(['ip', '-batch', '-'], 'addr add 169.254.9.9/32 dev br-household\nlink set br-household up\n');
    const { said, told } = await tested();
    alpha.run(
      ['ip', '-batch', '-'],
      'addr del 169.254.9.9/32 dev br-household\nlink set br-household down\n',
    );
    expect(said.code).toBe(9);
    const leaks = told.cells.filter(({ verdict }) => verdict === 'leaked');
    expect(leaks.map(({ from, to, attack }) => `${from} ${to} ${attack}`)).toContain(
      'household storage VXLAN, peer',
    );
  });

  test('a network that carries nothing proves nothing: exit 1', async () => {
    const { beta } = rack.hosts;
    beta.run(['ovs-ofctl', 'del-flows', 'br-storage']);
    const { said, told } = await tested();
    await rack.done('apply', '--yes');
    expect(said.code).toBe(1);
    expect(told.findings.map(({ code }) => code)).toContain('VF6021');
    expect(told.provesNothing.join('; ')).toContain('disk2/storage hears nothing of its own network');
  });
});
