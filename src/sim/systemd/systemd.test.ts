import { describe, expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import type { SimHost } from '../sim-host.ts';
import { does, tell } from '../testing/tell.ts';

const etc = '/etc/systemd/system';

async function withUnits(units: { readonly [name: string]: string }, host = memorySim()): Promise<SimHost> {
  for (const [name, text] of Object.entries(units)) {
    const path = `${etc}/${name}`;
    await does(host, `mkdir -p ${path.replace(/\/[^/]*$/, '')}`);
    await host.writeFile(path, text);
  }
  return host;
}

const oneshot = (command: string, more = '') => `[Service]\nType=oneshot\nExecStart=${command}\n${more}`;
const kept = (command: string, more = '') => oneshot(command, `RemainAfterExit=yes\n${more}`);
const seeBad = 'See "systemctl status bad.service" and "journalctl -xeu bad.service" for details.\n';

describe('start, as systemd 252 was seen to answer', () => {
  it.each([
    ['bad', `Job for bad.service failed because the control process exited with error code.\n${seeBad}`, 1],
    ['dep', "A dependency job for dep.service failed. See 'journalctl -xe' for details.\n", 1],
    ['nosuch', 'Failed to start nosuch.service: Unit nosuch.service not found.\n', 5],
    [
      'empty',
      "Failed to start empty.service: Unit empty.service has a bad unit file setting.\nSee system logs and 'systemctl status empty.service' for details.\n",
      1,
    ],
    [
      'long@',
      "Failed to start long@.service: Unit name long@.service is missing the instance name.\nSee system logs and 'systemctl status long@.service' for details.\n",
      1,
    ],
    ['cond', '', 0],
    ['missing', '', 0],
  ])('%s', async (unit, stderr, code) => {
    const host = await withUnits({
      'bad.service': oneshot('/bin/false'),
      'dep.service': `[Unit]\nRequires=bad.service\nAfter=bad.service\n${kept('/bin/true')}`,
      'empty.service': '[Service]\nType=oneshot\n',
      'long@.service': kept('/bin/true'),
      'cond.service': `[Unit]\nConditionPathExists=/nowhere\n${kept('/bin/false')}`,
      'missing.service': '[Service]\nExecStart=/nonexistent/prog\n',
    });
    expect(await tell(host, `systemctl start ${unit}`)).toEqual({ stdout: '', stderr, code });
  });

  it('a program that is not there fails a oneshot, and the journal says why', async () => {
    const host = await withUnits({ 'a.service': oneshot('/nonexistent/prog') });
    expect((await tell(host, 'systemctl start a')).stderr).toContain('exited with error code');
    const shown = await tell(host, 'systemctl show -p ExecMainStatus,Result,ActiveState a');
    expect(shown.stdout).toBe('Result=exit-code\nExecMainStatus=203\nActiveState=failed\n');
    const { stdout } = await tell(host, 'journalctl -u a -b -o cat --no-pager');
    expect(stdout).toContain(
      'a.service: Failed to locate executable /nonexistent/prog: No such file or directory\n',
    );
    expect(stdout).toContain("a.service: Failed with result 'exit-code'.\nFailed to start a.service.\n");
  });
});
