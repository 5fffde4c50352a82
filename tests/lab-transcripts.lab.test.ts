import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTranscript } from '../src/host/transcript.ts';
import type { HostState } from '../src/model/host-state.ts';
import { observeTranscript } from '../src/operate/replay.ts';
import { cardHost, external, labFabric, namespace, softwareHost, storage } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';
import { pathOf } from './support/transcripts.ts';

/**
 * Hosts with real kernels, recorded. RECORD_TRANSCRIPTS=1 keeps their answers in tests/transcripts/, where the quick tests
 * replay them; UPDATE_GOLDEN=1 npx vitest run tests/transcripts.test.ts then writes what vflane reads from them.
 */
let lab: LabHost;
const isKept = process.env.RECORD_TRANSCRIPTS === '1';

const web = namespace({ storage: '192.168.10.3/24' });
const legacy = labFabric(
  { storage: storage() },
  { alpha: cardHost(2, { web, vm1: external({ storage: '192.168.10.4/24' }) }) },
);
const underlay = (address: string) => `{ address: ${address}/24, ports: [enp1s0f0], adopt: true }`;
const overlay = labFabric(
  { storage: storage({ mtu: 1400 }) },
  {
    alpha: softwareHost(underlay('192.168.9.1'), { web }),
    beta: softwareHost(underlay('192.168.9.2'), { db: namespace({ storage: '192.168.10.4/24' }) }),
  },
);

async function expectVflane(...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code: 0 });
  return ended.stdout;
}

/** Records a host as an operator does, and reads the record; a fabric is kept beside it. */
async function recorded(name: string, host: string, ...more: readonly string[]): Promise<HostState> {
  const file = `${name}.transcript.json`;
  await expectVflane('show', host, '--record', file, ...more);
  const transcript = parseTranscript(readFileSync(join(lab.folder, file), 'utf8'));
  expect(transcript).toMatchObject({ by: 'lab', scrubbed: more.includes('--scrub') });
  if (isKept) copyFileSync(join(lab.folder, file), pathOf(name, 'transcript.json'));
  return observeTranscript(transcript);
}

function keepFabric(name: string, text: string): void {
  lab.fabric(text);
  if (isKept) writeFileSync(pathOf(name, 'fabric.yaml'), text);
}

async function shown(host: string): Promise<HostState> {
  const { hosts } = JSON.parse(await expectVflane('show', host, '--json')) as {
    readonly hosts: readonly { readonly state: HostState }[];
  };
  const [first] = hosts;
  if (!first) throw new Error(`show says nothing of ${host}`);
  return first.state;
}

beforeAll(async () => {
  lab = await labHost();
});
afterAll(() => lab?.down());

describe('a host of the lab', () => {
  it('that no file names, scrubbed, has its card', async () => {
    const { pfs } = await recorded('lab-igb-untouched', 'lab:alpha', '--scrub');
    expect(pfs).toMatchObject([
      { pci: '0000:01:00.0', driver: 'igb', totalVfs: 7, numVfs: 0 },
      { pci: '0000:01:00.1', driver: 'igb', totalVfs: 7, numVfs: 0 },
    ]);
  });

  it('with VFs given to guests is read from its transcript as from itself, scrubbed or not', async () => {
    const name = 'lab-igb-legacy-vlan';
    keepFabric(name, legacy);
    await expectVflane('apply', '--yes');
    const { pfs, namespaces } = await recorded(name, 'alpha');
    const live = await shown('alpha');
    expect(JSON.parse(JSON.stringify(pfs))).toMatchObject(live.pfs);
    expect(JSON.parse(JSON.stringify(namespaces))).toEqual(live.namespaces);
    const file = 'scrubbed.json';
    await expectVflane('show', 'alpha', '--record', file, '--scrub');
    const text = readFileSync(join(lab.folder, file), 'utf8');
    for (const { mac } of Array.isArray(live.links) ? live.links : []) {
      if (!/^(00:){5}00$/.test(mac)) expect(text).not.toContain(mac);
    }
    await expectVflane('destroy', '--yes');
  });

  it('with bridges and flows is read from its transcript as from itself', async () => {
    const name = 'lab-software-ovs-tc';
    keepFabric(name, overlay);
    const address = 'ip link set enp1s0f0 up && ip addr add 192.168.9.1/24 dev enp1s0f0';
    await lab.ssh(`systemctl start openvswitch-switch && ${address}`);
    await expectVflane('apply', '--yes', '--host', 'alpha');
    const { ovs, guard } = await recorded(name, 'alpha');
    const live = await shown('alpha');
    expect(ovs).toEqual(live.ovs);
    expect(guard).toEqual(live.guard);
  });
});
