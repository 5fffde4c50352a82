import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../src/lab/run.ts';
import { poll } from '../src/lab/wait.ts';
import { cardHost, labFabric, namespace, storage } from './support/lab-fabric.ts';
import { type Ended, findingsIn, hostFacts, type LabHost, labHost, says } from './support/lab-host.ts';

/** An apply whose operator, connection, agent or host is lost. Each test continues where the one before ended. */
let lab: LabHost;

const addresses = { web: '192.168.10.3/24', db: '192.168.10.4/24', tv: '192.168.10.5/24' } as const;

function want(...names: readonly (keyof typeof addresses)[]): void {
  const guests = names.map((name) => [name, namespace({ storage: addresses[name] })]);
  lab.fabric(labFabric({ storage: storage() }, { alpha: cardHost(3, Object.fromEntries(guests)) }));
}

async function expectVflane(code: number, ...args: readonly string[]): Promise<Ended> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended;
}

interface Status {
  readonly open: { readonly stepsDone: number } | null;
  readonly last: { readonly verb: string; readonly outcome: string } | null;
}

async function status(): Promise<Status> {
  const { stdout } = await expectVflane(0, 'status', '--json');
  const [host] = (JSON.parse(stdout) as { readonly hosts: readonly Status[] }).hosts;
  if (!host) throw new Error(`no host in ${stdout}`);
  return host;
}

/** Without an operator, the host alone finishes the plan. */
async function endsApplied(): Promise<void> {
  const over = await poll(200_000, 500, async () => (await status()).open === null);
  expect(over).toBe(true);
  expect((await status()).last).toMatchObject({ verb: 'apply', outcome: 'applied' });
  await expectVflane(0, 'verify');
}

/** Kills the agent on the host as soon as its journal has this record, and waits for the operator's command to end. */
async function applyKilledAt(record: string): Promise<Ended> {
  const journal = '/var/lib/vflane/journal';
  const script = `touch ${journal}; n=$(wc -l <${journal}); end=$(($(date +%s) + 200))
until tail -n +$((n + 1)) ${journal} | grep -q '${record}'; do [ $(date +%s) -lt $end ] || exit 1; sleep 0.05; done
pkill -9 -f '[a]gent --stdio'`;
  const killed = lab.trySsh(`mkdir -p -m 700 /var/lib/vflane; ${script}`, 240_000);
  const applied = await lab.vflane('apply', '--yes');
  expect(await killed).toMatchObject({ code: 0 });
  return applied;
}

/** An apply whose agent was killed is reported, and no other plan may start. */
async function expectInterrupted(record: string): Promise<void> {
  const { code, stdout, stderr } = await applyKilledAt(record);
  expect({ code, stderr }).toMatchObject({ code: 8 });
  expect(stdout).toContain('VF4001');
  expect((await status()).open).not.toBe(null);
  expect((await expectVflane(4, 'apply', '--yes')).stdout).toMatch(/was interrupted/);
}

beforeAll(async () => {
  lab = await labHost();
});
afterAll(() => lab?.down());

describe('an agent that is killed on the host', () => {
  it('while the VFs are made: rollback leaves the host as it was', async () => {
    const before = await hostFacts(lab);
    want('web');
    const step = await stepOf('num-vfs');
    await expectInterrupted(`"n":${step},"phase":"start"`);
    await expectVflane(0, 'rollback');
    expect(await hostFacts(lab)).toEqual(before);
    expect((await status()).last).toMatchObject({ outcome: 'rolled-back' });
  });
});

/** The position in the plan of the first step of a kind. */
async function stepOf(resource: string): Promise<number> {
  const { stdout } = await expectVflane(2, 'plan', '--json');
  const [host] = (JSON.parse(stdout) as { hosts: readonly { steps: readonly { resource: string }[] }[] })
    .hosts;
  const n = host?.steps.findIndex((step) => step.resource === resource) ?? -1;
  if (n < 0) throw new Error(`no step ${resource} in ${stdout}`);
  return n;
}

describe('an operator who goes away', () => {
  it('killed in the middle: the host finishes the plan', async () => {
    want('web');
    const apply = lab.start('apply', '--yes');
    await says(apply, /alpha: +2\/\d+ /);
    apply.kill('SIGKILL');
    await apply.ended;
    await endsApplied();
  });

  it('whose connection is cut: the command says so, and the host goes on', async () => {
    want('web', 'db');
    const apply = lab.start('apply', '--yes');
    await says(apply, /alpha: +1\/\d+ /);
    const { code } = await run(['pkill', '-P', String(apply.pid), '-x', 'ssh'], { timeoutMs: 5_000 });
    expect(code).toBe(0);
    const { code: ended, stdout } = await apply.ended;
    expect({ ended, stdout }).toMatchObject({ ended: 8, stdout: expect.stringContaining('VF4001') });
    await endsApplied();
  });
});

describe('two applies at once', () => {
  it('end with one done and one refused', async () => {
    want('web', 'db', 'tv');
    await expectVflane(2, 'plan', '-o', 'plan.json');
    const both = await Promise.all([
      lab.vflane('apply', 'plan.json', '--yes'),
      lab.vflane('apply', 'plan.json', '--yes'),
    ]);
    expect(both.map(({ code }) => code).toSorted(), both.map(({ stdout }) => stdout).join('')).toEqual([
      0, 7,
    ]);
    await expectVflane(0, 'verify');
  });
});

describe('an agent that is killed on the host in the middle of a change', () => {
  it('early: resume ends as asked', async () => {
    want('web');
    await expectInterrupted('"n":1,"phase":"start"');
    await expectVflane(0, 'resume');
    await expectVflane(0, 'verify');
  });

  it('while a guest is given its VFs: rollback ends as before', async () => {
    const before = await hostFacts(lab);
    want('web', 'db', 'tv');
    await expectInterrupted(`"n":${await stepOf('netns-vf')},"phase":"start"`);
    await expectVflane(0, 'rollback');
    expect(await hostFacts(lab)).toEqual(before);
  });
});

describe('a plan that waits to be confirmed', () => {
  const timers = () => lab.ssh("systemctl list-units --all --plain --no-legend 'vflane-take-back-*'");

  it('is taken back by the host itself without a confirmation, wherever its clock is set', async () => {
    const before = await hostFacts(lab);
    want('web', 'db');
    const { stdout } = await expectVflane(0, 'apply', '--yes', '--confirm-within', '10s');
    expect(stdout).toMatch(/taken back at .* unless you say `vflane confirm`/);
    expect(await hostFacts(lab)).not.toEqual(before);
    await lab.ssh("date -s '2 hours ago'");
    const back = await poll(200_000, 1_000, async () => /"outcome":"rolled-back"/.test(await lastRecord()));
    expect(back).toBe(true);
    expect(await hostFacts(lab)).toEqual(before);
    expect((await status()).last).toMatchObject({ outcome: 'rolled-back' });
  });

  it('stays when it is confirmed in time', async () => {
    want('web', 'db');
    await expectVflane(0, 'apply', '--yes', '--confirm-within', '3m');
    expect(await timers()).toMatch(/\.timer/);
    await expectVflane(0, 'confirm');
    expect(await timers()).toBe('');
    await expectVflane(0, 'verify');
  });
});

const lastRecord = () => lab.ssh('tail -n 1 /var/lib/vflane/journal');

async function reboot(): Promise<void> {
  const bootId = async () => (await lab.trySsh('cat /proc/sys/kernel/random/boot_id', 10_000)).stdout;
  const before = await bootId();
  await lab.trySsh('systemctl reboot', 20_000);
  const back = await poll(120_000, 500, async () => {
    const now = await bootId();
    return now !== '' && now !== before;
  });
  expect(back).toBe(true);
}

describe('a reboot in the middle of an unconfirmed plan', () => {
  it('replays nothing, shows as drift, and an apply heals it', async () => {
    want('web', 'db', 'tv');
    await expectVflane(0, 'apply', '--yes', '--confirm-within', '10m');
    await reboot();
    expect(await lab.ssh('ip netns list; cat /sys/bus/pci/devices/0000:01:00.?/sriov_numvfs')).toBe('0\n0');
    expect((await expectVflane(2, 'verify')).stdout).toMatch(/num-vfs 0000:01:00.0 is not there, wanted 3/);
    await expectVflane(0, 'apply', '--yes');
    expect((await status()).last).toMatchObject({ verb: 'apply', outcome: 'applied' });
    await expectVflane(0, 'verify');
    await lab.ssh('ip netns exec web ping -c 3 -i 0.2 -w 20 192.168.10.4');
  });
});

describe('a host that cannot keep a journal', () => {
  it('is left alone if not even the agent fits', async () => {
    const before = await hostFacts(lab);
    want('web');
    await lab.ssh('mkdir -p -m 700 /var/lib/vflane; mount -t tmpfs -o size=64k tmpfs /var/lib/vflane');
    const { code, stdout } = await lab.vflane('apply', '--yes');
    await lab.ssh('umount /var/lib/vflane');
    // Without an agent the host cannot be reached.
    expect({ code, stdout }).toMatchObject({
      code: 8,
      stdout: expect.stringMatching(/No space left on device; vflane could not be copied/),
    });
    expect(await hostFacts(lab)).toEqual(before);
  });

  it('is left alone if the journal does not fit', async () => {
    const before = await hostFacts(lab);
    const at = '/var/lib/vflane';
    await expectVflane(0, 'status');
    await lab.ssh(
      `cp -a ${at} /root/kept; mount -t tmpfs -o size=8m tmpfs ${at}; cp -a /root/kept/. ${at}/; ` +
        `dd if=/dev/zero of=${at}/filler bs=4k 2>/dev/null; true`,
    );
    const { code, stdout } = await lab.vflane('apply', '--yes');
    await lab.ssh(`umount ${at}`);
    expect({ code, stdout }).toMatchObject({ code: 1 });
    expect(stdout).toMatch(/VF400[34] .*the disk is full; free some space/);
    expect(await hostFacts(lab)).toEqual(before);
    expect((await status()).open).toBe(null);
  });
});

describe('a host that is gone', () => {
  it('is said to be unreachable', async () => {
    await lab.vflane('lab', 'down');
    const { stdout } = await expectVflane(8, 'apply', '--yes', '--json');
    expect(findingsIn(stdout)).toContainEqual(expect.objectContaining({ code: 'VF4001' }));
    await expectVflane(8, 'status');
  });
});
