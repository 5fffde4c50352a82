import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySim } from '../src/sim/open-sim.ts';
import { tell } from '../src/sim/testing/tell.ts';

const manager = '/lib/systemd/systemd';
const release = Number(
  /^systemd (\d+)/.exec(spawnSync('systemctl', ['--version']).stdout?.toString() ?? '')?.[1],
);
const isolated = spawnSync('unshare', ['-m', 'true'], { timeout: 5_000 }).status === 0;
const missing = existsSync(manager) && isolated ? undefined : 'a systemd of its own needs root and systemd';
if (missing !== undefined)
  process.stderr.write(`skipped: the simulated systemd against the real one: ${missing}\n`);

const oneshot = (command: string) => `[Service]\nType=oneshot\nExecStart=${command}\n`;
const kept = (command: string) => `${oneshot(command)}RemainAfterExit=yes\n`;
const wanted = '[Install]\nWantedBy=default.target\n';
const units: { readonly [name: string]: string } = {
  'one.service': `[Unit]\nDescription=One\n${oneshot('/bin/true')}${wanted}Alias=uno.service\n`,
  'bad.service': oneshot('/bin/false'),
  'dep.service': `[Unit]\nRequires=bad.service\nAfter=bad.service\n${kept('/bin/true')}`,
  'soft.service': `[Unit]\nWants=bad.service nosuch.service\nAfter=bad.service\n${kept('/bin/true')}`,
  'hard.service': `[Unit]\nRequires=nosuch.service\n${kept('/bin/true')}`,
  'long@.service': `[Service]\nExecStart=/bin/sleep 1000\n${wanted}DefaultInstance=x\n`,
  'noexec.service': oneshot('/nonexistent/prog'),
  'empty.service': '[Service]\nType=oneshot\n',
  'two.service': '[Service]\nExecStart=/bin/true\nExecStart=/bin/true\n',
  'cond.service': `[Unit]\nConditionPathExists=/nowhere\n${kept('/bin/false')}`,
  'assert.service': `[Unit]\nAssertPathExists=/nowhere\n${kept('/bin/false')}`,
  'kept.service': `${kept('/bin/true')}${wanted}`,
  'part.service': `[Unit]\nPartOf=kept.service\n${kept('/bin/true')}`,
  'bound.service': `[Unit]\nBindsTo=kept.service\nAfter=kept.service\n${kept('/bin/true')}`,
  'may.service': kept('-/bin/false'),
  'foe.service': `[Unit]\nConflicts=kept.service\n${kept('/bin/true')}`,
};

const lines: readonly string[] = [
  ...Object.keys(units)
    .filter((name) => !name.includes('@'))
    .map((name) => `start ${name}`),
  'is-active kept part bound foe soft may cond',
  'start kept part bound',
  'is-active kept part bound foe',
  'start nosuch',
  'start long@',
  'start nosuch kept',
  'start bad dep',
  'stop nosuch',
  'restart nosuch',
  'try-restart kept part',
  'reload kept',
  'is-failed bad',
  'is-failed kept',
  'show -p LoadState,ActiveState,SubState,UnitFileState,NRestarts,Result,Id,DropInPaths nosuch',
  'show -p Result,ExecMainStatus --value bad',
  'show -p Id,ActiveState,NeedDaemonReload kept bad',
  'restart kept',
  'is-active kept part bound',
  'stop kept',
  'is-active kept part bound',
  'is-enabled one kept bad long@',
  'is-enabled nosuch',
  'enable one',
  'enable one',
  'is-enabled one long@ long@b bad',
  'enable long@',
  'enable long@b',
  'is-enabled long@ long@b long@c',
  'disable long@b',
  'disable one',
  'disable long@',
  'enable bad',
  'disable kept',
  'enable nosuch',
  'disable nosuch',
  'mask bad',
  'enable --now kept',
  'is-active kept',
  'disable --now kept',
  'is-active kept',
  'reset-failed bad',
  'is-failed bad',
  'reset-failed nosuch',
  'bogus',
  'start',
  'cat nosuch',
];

describe.skipIf(missing !== undefined)('the simulated systemctl answers as the real one', () => {
  const home = mkdtempSync(join(tmpdir(), 'vflane-systemd-'));
  const folder = join(home, '.config/systemd/user');
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_RUNTIME_DIR: '/run/user',
    LC_ALL: 'C.UTF-8',
    SYSTEMD_COLORS: '0',
  };
  const host = memorySim({ kernel: release >= 256 ? 'debian-13' : 'debian-12' });
  let real: ChildProcess;

  /** Starts a user manager, in a mount namespace where systemd seems to have booted. */
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(units)) {
      writeFileSync(join(folder, name), text);
      await host.writeFile(`/etc/systemd/system/${name}`, text);
    }
    const script = `mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p -m 0700 /run/systemd/system /run/user && exec ${manager} --user`;
    real = spawn('unshare', ['-m', 'sh', '-c', script], { env, stdio: 'ignore' });
    for (let waited = 0; waited < 50 && ask('is-system-running').stdout !== 'running\n'; waited += 1)
      await sleep(100);
  });
  afterAll(() => {
    real?.kill('SIGTERM');
    rmSync(home, { recursive: true, force: true });
  });

  function ask(line: string) {
    const argv = ['-t', String(real.pid), '-m', 'systemctl', '--user', ...line.split(' ')];
    const { stdout, stderr, status } = spawnSync('nsenter', argv, { env, timeout: 20_000, encoding: 'utf8' });
    return { stdout: plain(stdout), stderr: plain(stderr), code: status };
  }

  /** Removes differences between a user's manager and the host's. */
  function plain(text: string): string {
    return text
      .replaceAll(folder, '/etc/systemd/system')
      .replaceAll('ctl --user', 'ctl')
      .replaceAll('user logs', 'system logs')
      .replace(/^[ \t]+$/gm, '');
  }

  it.each(lines)('%s', async (line) => {
    expect(await tell(host, `systemctl ${line}`)).toEqual(ask(line));
  });
});
