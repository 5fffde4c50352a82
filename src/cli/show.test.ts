import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { card, patient as patientWith, port } from '../../tests/support/patients.ts';
import { parseTranscript } from '../host/transcript.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import type { Looked } from '../operate/diagnose.ts';
import { observeTranscript } from '../operate/replay.ts';
import { endOf } from './ending.ts';
import { runProgram } from './program.ts';
import { linesOf } from './show-lines.ts';
import { destinationHost } from './way.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-show-'));
afterAll(() => rmSync(folder, { recursive: true }));

const host = (name: string) => `  ${name}:
    connect: sim:connectx5
    datapath: legacy-vlan
    nic: "0000:03:00"
    vfs: 2
    guests:
      ${name}-web: { netns: true, networks: { storage: dhcp } }
`;

function writeFabric(file: string, ...hosts: readonly string[]): void {
  const text = `name: rack7\nnetworks:\n  storage: { id: 42 }\nhosts:\n${hosts.map(host).join('')}`;
  writeFileSync(join(folder, file), text);
}

beforeAll(() => {
  writeFabric('fabric.yaml', 'alpha', 'beta');
  writeFabric('mtu.yaml', 'mtu');
});

async function vflane(line: string) {
  const said = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const env = { VFLANE_VAR_DIR: join(folder, 'var') };
  const around = { env, cwd: folder, stdout: sink('stdout'), stderr: sink('stderr') };
  const code = await runProgram(line.split(' '), around).catch((error: unknown) => {
    const end = endOf(error, false);
    said.stderr += end.text;
    return end.code;
  });
  return { code, ...said };
}

const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('show --record', () => {
  test('shows the host as ever, and keeps every answer that it took', async () => {
    const plain = await vflane('show alpha');
    const { code, stdout, stderr } = await vflane('show alpha --record a.json');
    expect({ code, stdout }).toEqual({ code: 0, stdout: plain.stdout });
    expect(stderr).toMatch(/^alpha: \d+ answers are in a\.json, with its names and addresses: add --scrub/);
    const shown = JSON.parse((await vflane('show alpha --json')).stdout);
    const transcript = parseTranscript(textOf('a.json'));
    expect(transcript).toMatchObject({ host: 'alpha', by: 'sim', scrubbed: false });
    const state = JSON.parse(JSON.stringify(await observeTranscript(transcript)));
    expect(state).toMatchObject(shown.hosts[0].state);
    expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
  });

  test('--scrub says what is still in it, and --json where it is', async () => {
    const { stdout, stderr } = await vflane('show alpha --record s.json --scrub --json');
    expect(JSON.parse(stdout).hosts[0].recorded).toEqual({
      file: 's.json',
      answers: expect.any(Number),
      scrubbed: true,
    });
    expect(stderr).toContain('scrubbed: names of guests, networks and netdevs are still in it');
    const text = textOf('s.json');
    expect(parseTranscript(text)).toMatchObject({ host: 'host-1', scrubbed: true });
    expect(text).not.toMatch(/alpha(?!-web)/);
    expect(text).not.toContain(/"address\\":\\"(b8[0-9a-f:]+)/.exec(textOf('a.json'))?.[1]);
  });

  test('keeps a host that no file names', async () => {
    const { code, stdout } = await vflane('show sim:connectx5 --record bare.json -f nowhere.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain('0000:03:00.1 enp3s0f1np1 (mlx5_core): down');
    const state = await observeTranscript(parseTranscript(textOf('bare.json')));
    expect(state.pfs.map(({ pci, totalVfs }) => [pci, totalVfs])).toEqual([
      ['0000:03:00.0', 16],
      ['0000:03:00.1', 16],
    ]);
  });

  test.each([
    ['show --record x.json', 'a transcript is of one host', 'vflane show HOST --record FILE'],
    ['show alpha --scrub', '--scrub is for what is recorded', 'Add --record FILE'],
    ['show alpha --record nowhere/x.json', 'nowhere/x.json cannot be written', 'a folder that has room'],
    ['show alpha --record folder', 'folder cannot be written', 'a folder that has room'],
    ['show root@ --record x.json', 'is not a way to a host', 'user@host'],
    // Every tool says "mtu" of everything.
    ['show mtu -f mtu.yaml --record x.json --scrub', 'cannot be scrubbed', 'Nothing was written'],
  ])('%s is 64, and writes nothing', async (line, message, hint) => {
    mkdirSync(join(folder, 'folder'), { recursive: true });
    const { code, stderr } = await vflane(line);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining(message) });
    expect(stderr).toContain(hint);
    expect(statSync(join(folder, 'x.json'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

test.each([
  ['root@alpha', 'alpha'],
  ['alpha.example.org', 'alpha'],
  ['ssh://root@alpha.example.org:22', 'alpha'],
  ['root@192.0.2.7', '192.0.2.7'],
  ['ssh://[2001:db8::7]:22', '[2001:db8::7]'],
  ['root@2001:db8::7', '2001:db8::7'],
])('the host of %s is %s', (destination, name) => {
  expect(destinationHost(destination)).toBe(name);
});

describe('show', () => {
  test('tells the card, its slot, its ports and what its kernel can do on one screen', async () => {
    const { code, stdout } = await vflane('show sim:connectx5');
    expect(code).toBe(0);
    for (const words of [
      'card ConnectX-5 Ex, PSID MT_0000000013, firmware 16.35.4554; slot 16.0 GT/s x8, the card could do x16',
      'tc offload none (fixed), NET_TC_SKB_EXT not set, MLX5_CLS_ACT not set, IOMMU on, lockdown none',
      '0000:03:00.0 enp3s0f0np0 (mlx5_core): down, no carrier, MTU 1500, 0 of 16 VFs, legacy, channels 32 of 32',
      'LAG: disabled',
      'Open vSwitch 3.5.0: hw-offload false, DPDK off, no bridge',
    ])
      expect(stdout).toContain(words);
    expect(stdout.split('\n').length).toBeLessThan(24);
  });

  test('says of a host without a card that it has none', async () => {
    expect((await vflane('show sim:plain')).stdout).toContain('  no card with SR-IOV was found\n');
  });

  test('names each card of a host, and no card twice', () => {
    const patient = patientWith({
      state: { pfs: [port(0), port(1), { ...port(0), pci: '0000:41:00.0' as PciAddress }] },
    });
    const cards = { ...patient.survey.cards, '0000:41:00.0': card({ model: 'ConnectX-6 Dx' }) };
    const plan = { plan: { steps: [], findings: [] }, fold: { ledger: emptyLedger, history: [] } };
    const looked = { patient: { ...patient, survey: { ...patient.survey, cards } }, plan, sections: {} };
    const lines = linesOf('alpha', looked as unknown as Looked, false).filter((line) =>
      line.startsWith('  card '),
    );
    expect(lines.map((line) => /ConnectX-\S+/.exec(line)?.[0])).toEqual(['ConnectX-5', 'ConnectX-6']);
  });

  test('calls no VF spare of which it was not seen who has it open', () => {
    const patient = patientWith({ state: { holders: { unseen: 'EACCES' } } });
    const plan = { plan: { steps: [], findings: [] }, fold: { ledger: emptyLedger, history: [] } };
    const lines = linesOf('alpha', { patient, plan, sections: {} } as unknown as Looked, true);
    const ofVf0 = lines.find((line) => / VF +0 .*vfio-pci/.test(line));
    expect(ofVf0).toMatch(/who has it open was not seen$/);
    expect(ofVf0).not.toContain('spare');
  });

  test('--json has all of it by what it is of, and "not seen" is not a null', async () => {
    const { stdout } = await vflane('show sim:connectx5 --json');
    const [host] = JSON.parse(stdout).hosts;
    expect(host).toMatchObject({
      kernel: {
        release: expect.stringContaining('deb13'),
        ofed: false,
        iommu: true,
        config: { NET_TC_SKB_EXT: null },
      },
      cards: [
        {
          model: 'ConnectX-5 Ex',
          firmware: { psid: 'MT_0000000013', stored: '16.35.4554' },
          slot: { now: { lanes: 8 }, card: { lanes: 16 } },
        },
        {},
      ],
      ports: [{ netdev: 'enp3s0f0np0', eswitch: 'legacy', channels: { now: 32, max: 32 }, mtu: 1500 }, {}],
      lag: { state: 'disabled', mapping: [] },
      pool: [],
      ovs: { version: '3.5.0', hwOffload: false, dpdk: false, bridges: [] },
    });
  });
});
