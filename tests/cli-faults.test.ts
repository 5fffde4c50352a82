import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fileStore } from '../src/host/file-store.ts';
import { vflaneHere } from './support/command-line.ts';

const program = resolve(import.meta.dirname, '../bin/vflane');
const top = mkdtempSync(join(tmpdir(), 'vflane-cli-'));
afterAll(() => rmSync(top, { recursive: true }));

const networks = `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
`;

function hostText(
  name: string,
  connect: string,
  more: { readonly vfs?: number; readonly last: number },
): string {
  return `  ${name}:
    connect: ${connect}
    datapath: legacy-vlan
    nic: "0000:03:00"
    vfs: ${more.vfs ?? 2}
    guests:
      web-${name}: { netns: true, networks: { storage: 192.168.10.${more.last}/24 } }
`;
}

const alpha = hostText('alpha', 'sim:connectx5', { last: 2 });
/** Nobody listens on port 1 (tcpmux). */
const nowhere = hostText('nowhere', 'ssh://root@127.0.0.1:1', { last: 3 });

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
}

/** A folder with a fabric file, and the tool in it. */
class Operator {
  readonly folder = mkdtempSync(join(top, 'operator-'));

  constructor(hosts: string) {
    this.write(hosts);
  }

  write(hosts: string): void {
    writeFileSync(join(this.folder, 'fabric.yaml'), `${networks}${hosts}`);
  }

  /** `apply --yes` → how the process ended. */
  says(line: string): Promise<Ended> {
    const child = spawn(program, line.split(' '), { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (text += String(data)));
    return new Promise((end) => child.on('close', (code, signal) => end({ code, signal, text })));
  }

  /** The same within this process. */
  async expects(line: string, code: number): Promise<string> {
    const { stdout, stderr, code: earned } = await vflaneHere(line.split(' '), this.folder);
    const text = stdout + stderr;
    expect(text).not.toContain('VF9000');
    expect(`${line}: ${earned} ${earned === code ? '' : text}`).toBe(`${line}: ${code} `);
    return text;
  }
}

const drift = 'sim exec alpha -- ip link set dev enp3s0f0np0 vf 0 vlan 7';

describe.concurrent('the exit code', () => {
  test('of plan, apply and verify says whether something differs', async () => {
    const operator = new Operator(alpha);
    for (const [line, code] of [
      ['verify', 2],
      ['plan', 2],
      ['apply --yes', 0],
      ['plan', 0],
      ['verify', 0],
    ] as const)
      expect(await operator.says(line)).toMatchObject({ code });
    await operator.expects(drift, 0);
    expect(await operator.expects('verify', 2)).toContain('vf-vlan 0000:03:00.0/0 is 7, wanted 42');
    await operator.expects('plan', 2);
    await operator.expects('undo --yes', 0);
    await operator.expects('destroy --yes', 0);
  });

  test('is 4 if apply would refuse', async () => {
    const operator = new Operator(hostText('alpha', 'sim:connectx5', { vfs: 32, last: 2 }));
    expect(await operator.expects('plan', 4)).toContain('VF2004');
    await operator.expects('apply --yes', 4);
  });

  test('is 3 for a wrong file', async () => {
    const operator = new Operator(alpha.replace('legacy-vlan', 'legacy-vlam'));
    for (const verb of [
      'validate',
      'plan',
      'apply --yes',
      'verify',
      'status',
      'destroy --yes',
      'sim log alpha',
    ]) {
      await operator.expects(verb, 3);
    }
  });

  test('is 64 for a command line that makes no sense, or a question with nobody to answer it', async () => {
    const operator = new Operator(alpha);
    for (const line of [
      'apply',
      'plan --hots alpha',
      'aply',
      'plan --host beta',
      'apply missing.json --yes',
    ]) {
      await operator.expects(line, 64);
    }
  });

  test('is 5 if a command failed and all was taken back, and 6 if something remains', async () => {
    const operator = new Operator(alpha);
    await operator.expects('sim fail alpha --at 9', 0);
    expect(await operator.expects('apply --yes', 5)).toContain('VF3020');
    await operator.expects('sim fail alpha --at 9', 0);
    await operator.expects('sim fail alpha --at 12', 0);
    const told = await operator.expects('apply --yes', 6);
    expect(told).toContain('VF3021');
    await operator.expects('apply --yes', 0);
    await operator.expects('verify', 0);
  });

  test('is 8 for a host that cannot be reached', async () => {
    const operator = new Operator(nowhere);
    for (const verb of ['plan', 'verify', 'apply --yes', 'status', 'destroy --yes']) {
      expect(await operator.expects(verb, 8)).toContain('VF4001');
    }
  });

  test('of several hosts is the first failure’s, which hides no other host', async () => {
    const operator = new Operator(alpha + nowhere);
    expect(await operator.expects('plan', 8)).toMatch(/alpha: \d+ steps/);
    await operator.expects('sim fail alpha --at 3', 0);
    await operator.expects('apply --yes', 5);
    expect(await operator.expects('apply --yes', 8)).toContain('alpha: applied and verified');
    await operator.expects('verify --host alpha', 0);
  });
});

test('a simulated host with a damaged state is reset by its own verb, as the hint says', async () => {
  const operator = new Operator(alpha);
  await operator.expects('apply --yes', 0);
  writeFileSync(join(operator.folder, '.vflane/sim/alpha.json'), '{"schema":');
  expect(await operator.expects('status', 8)).toContain('vflane sim reset alpha');
  expect(await operator.expects('sim reset alpha --json', 0)).toContain('"schema": "vflane.sim-reset/1"');
  expect(await operator.expects('status', 0)).toContain('nothing was ever done');
});

describe.concurrent('a tool that is killed', () => {
  test('leaves a plan that the next commands report and resume continues', async () => {
    const operator = new Operator(alpha);
    await operator.expects('sim fail alpha --at 9 --how kill', 0);
    expect(await operator.says('apply --yes')).toMatchObject({ signal: 'SIGKILL' });
    expect(await operator.expects('status', 0)).toContain('was interrupted');
    expect(await operator.expects('plan', 4)).toContain('VF3010');
    expect(await operator.expects('apply --yes', 4)).toContain('VF3010');
    // VFs still to be made do not count as lost, and an apply would be refused.
    expect(await operator.expects('doctor', 2)).toMatch(/^(?![\s\S]*VF2118)[\s\S]*VF3010/);
    await operator.expects('undo --yes', 4);
    await operator.expects('resume', 0);
    await operator.expects('verify', 0);
  });

  test('leaves a plan that rollback takes back', async () => {
    const operator = new Operator(alpha);
    await operator.expects('sim fail alpha --at 14 --after --how kill', 0);
    expect(await operator.says('apply --yes')).toMatchObject({ signal: 'SIGKILL' });
    await operator.expects('rollback', 0);
    expect(await operator.expects('status', 0)).toContain('vflane holds nothing here');
    await operator.expects('apply --yes', 0);
  });

  test('and a reboot of the host leads to a new plan', async () => {
    const operator = new Operator(alpha);
    await operator.expects('sim fail alpha --at 14 --how kill', 0);
    expect(await operator.says('apply --yes')).toMatchObject({ signal: 'SIGKILL' });
    await operator.expects('sim reboot alpha', 0);
    await operator.expects('plan', 2);
    await operator.expects('apply --yes', 0);
    await operator.expects('verify', 0);
  });
});

describe.concurrent('a plan', () => {
  test('is not applied while another is', async () => {
    const operator = new Operator(alpha);
    await operator.expects('sim log alpha', 0);
    const release = await fileStore(join(operator.folder, '.vflane', 'sim', 'alpha.var')).lock();
    expect(await operator.expects('apply --yes', 7)).toContain('VF4002');
    await operator.expects('resume', 7);
    await release();
    const codes = (await Promise.all([operator.says('apply --yes'), operator.says('apply --yes')])).map(
      ({ code }) => code,
    );
    expect(codes).toContain(0);
    // 4: it looked while the other was at work, and found things that the ledger did not have yet.
    expect([0, 4, 7]).toEqual(expect.arrayContaining(codes));
    await operator.expects('verify', 0);
  });

  test('in a file is refused if the host has changed since', async () => {
    const operator = new Operator(alpha);
    await operator.expects('plan -o plan.json', 2);
    await operator.expects('sim exec alpha -- ip link set dev enp3s0f0np0 mtu 4000', 0);
    expect(await operator.expects('apply plan.json --yes', 7)).toContain('VF3012');
    await operator.expects('plan -o plan.json', 2);
    await operator.expects('apply plan.json --yes', 0);
    await operator.expects('apply plan.json --yes', 7);
    await operator.expects('verify', 0);
    expect(JSON.parse(readFileSync(join(operator.folder, 'plan.json'), 'utf8'))).toMatchObject({
      schema: 'vflane.plan/1',
    });
  });

  test('that is not confirmed is taken back before the next look', async () => {
    const operator = new Operator(alpha);
    await operator.expects('apply --yes --confirm-within 60s', 0);
    await operator.expects('verify', 2);
    expect(await operator.expects('apply --yes', 4)).toContain('VF3011');
    await operator.expects('sim exec alpha -- sleep 120', 0);
    expect(await operator.expects('status', 0)).toContain('rolled-back');
    await operator.expects('plan', 2);
  });

  test('that is confirmed stays', async () => {
    const operator = new Operator(alpha);
    await operator.expects('apply --yes --confirm-within 60s', 0);
    await operator.expects('confirm', 0);
    await operator.expects('sim exec alpha -- sleep 120', 0);
    await operator.expects('verify', 0);
    await operator.expects('plan', 0);
  });
});

// A limit on file sizes ends a write like a full disk does: what still fits is written.
test('a disk that fills up in the middle leaves a host that can be read and continued', async () => {
  const operator = new Operator(hostText('alpha', 'sim:connectx5', { vfs: 8, last: 2 }));
  await operator.says('version');
  const limited = spawn('prlimit', ['--fsize=20480', program, 'apply', '--yes'], { cwd: operator.folder });
  let text = '';
  limited.stdout.on('data', (data: Buffer) => (text += String(data)));
  const code = await new Promise((end) => limited.on('close', end));
  expect(text).toContain('EFBIG');
  expect([1, 5, 6, 8]).toContain(code);
  await operator.expects('status', 0);
  await operator.expects(
    (await operator.expects('status', 0)).includes('resume') ? 'resume' : 'apply --yes',
    0,
  );
  await operator.expects('verify', 0);
});
