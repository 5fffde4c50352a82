import { expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import type { SimHost } from '../sim-host.ts';
import { does, refusal, tell } from '../testing/tell.ts';
import { crashVswitchd } from './service.ts';

const dropIns = '/etc/systemd/system/ovs-vswitchd.service.d';
const flows = '/var/lib/vflane/ovs-flows';
const hook = `ExecStartPost=-/usr/bin/timeout 120 /bin/sh ${flows}/put-back.sh`;

async function withFlows(line: string): Promise<SimHost> {
  const host = memorySim();
  await does(host, 'ip link add p0 type dummy', 'ip link add p1 type dummy');
  await does(
    host,
    'ovs-vsctl add-br br0 -- set Bridge br0 fail_mode=secure -- add-port br0 p0 -- add-port br0 p1',
  );
  await does(host, 'ovs-vsctl add-br br1 -- set Bridge br1 fail_mode=secure');
  await does(host, `mkdir -p ${dropIns} ${flows}`);
  await host.writeFile(`${flows}/put-back.sh`, 'for file in *.flows; do ovs-ofctl replace-flows …\n');
  await host.writeFile(
    `${flows}/br0.flows`,
    'priority=9,in_port=p0,actions=NORMAL\npriority=9,in_port="p1" actions=NORMAL\n',
  );
  await host.writeFile(`${flows}/br1.flows`, 'priority=5,actions=NORMAL\n');
  await host.writeFile(`${flows}/.br1.flows.new`, 'nonsense\n');
  await host.writeFile(`${dropIns}/vflane.conf`, `[Service]\n${line}\n`);
  return host;
}

async function dump(host: SimHost, bridge: string): Promise<string> {
  return (await tell(host, `ovs-ofctl --no-stats --names dump-flows ${bridge}`)).stdout;
}

it.each([
  ['a restart', (host: SimHost) => does(host, 'systemctl restart openvswitch-switch')],
  ['a crash', async (host: SimHost) => host.alter(crashVswitchd)],
])('flows come back after %s, once systemd has read the drop-in', async (_what, start) => {
  const host = await withFlows(hook);
  await start(host);
  expect(await dump(host, 'br1')).toBe('');
  await does(host, 'systemctl daemon-reload');
  await start(host);
  expect(await dump(host, 'br0')).toBe(
    ' priority=9,in_port=p0 actions=NORMAL\n priority=9,in_port=p1 actions=NORMAL\n',
  );
  expect(await dump(host, 'br1')).toBe(' priority=5 actions=NORMAL\n');
  await does(host, `rm ${dropIns}/vflane.conf`);
  await start(host);
  expect(await dump(host, 'br1')).toBe(' priority=5 actions=NORMAL\n');
});

it('a missing port costs the other ports none of their flows', async () => {
  const host = await withFlows(hook);
  await does(
    host,
    'systemctl daemon-reload',
    'ovs-vsctl del-port p0',
    'systemctl restart openvswitch-switch',
  );
  expect(await dump(host, 'br0')).toBe(' priority=9,in_port=p1 actions=NORMAL\n');
});

it('a reboot reads the drop-ins again', async () => {
  const host = await withFlows(hook);
  await tell(host, 'reboot');
  expect(await dump(host, 'br1')).toBe(' priority=5 actions=NORMAL\n');
});

it('a hook that may not fail stops the daemon if it does', async () => {
  const host = await withFlows(`${hook}\nExecStartPost=/bin/sh /nosuch.sh`);
  await does(host, 'systemctl daemon-reload');
  const told = await tell(host, 'systemctl restart ovs-vswitchd');
  expect(told).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Job for ovs-vswitchd.service failed'),
  });
  expect((await tell(host, 'systemctl is-active ovs-vswitchd')).stdout).toBe('failed\n');
  await host.writeFile(`${dropIns}/zz.conf`, '[Service]\nExecStartPost=\n');
  await does(host, 'systemctl daemon-reload', 'systemctl reset-failed', 'systemctl restart ovs-vswitchd');
});

it('a missing script gives dash’s error', async () => {
  const host = memorySim();
  expect(await tell(host, '/bin/sh /nosuch.sh')).toMatchObject({
    code: 2,
    stderr: '/bin/sh: 0: cannot open /nosuch.sh: No such file\n',
  });
});

it('only root may reload units', async () => {
  const host = memorySim({ uid: 1000 });
  expect((await tell(host, 'systemctl daemon-reload')).code).toBe(1);
});

it('a folder must be made first, and may be empty', async () => {
  const host = memorySim();
  const listed = (path: string) => host.listDir(path);
  expect((await refusal(listed(flows))).errno).toBe('ENOENT');
  expect((await refusal(host.writeFile(`${flows}/x`, ''))).errno).toBe('ENOENT');
  await does(host, `mkdir -p ${flows}`, `mkdir -p ${flows}`);
  expect(await listed(flows)).toEqual([]);
  await host.writeFile(`${flows}/x`, 'text');
  const told = async (line: string) => (await tell(host, line)).stderr;
  expect(await told(`mkdir ${flows}`)).toBe(`mkdir: cannot create directory ‘${flows}’: File exists\n`);
  expect(await told('mkdir /nosuch/x')).toBe(
    'mkdir: cannot create directory ‘/nosuch/x’: No such file or directory\n',
  );
  expect(await told(`mkdir -p ${flows}/x/y`)).toBe(
    `mkdir: cannot create directory ‘${flows}/x/y’: Not a directory\n`,
  );
  expect(await told(`rm ${flows}`)).toBe(`rm: cannot remove '${flows}': Is a directory\n`);
  expect(await told(`rmdir ${flows}`)).toBe(`rmdir: failed to remove '${flows}': Directory not empty\n`);
  expect(await told(`rmdir --ignore-fail-on-non-empty ${flows}`)).toBe('');
  await does(host, `mv ${flows}/x ${flows}/y`);
  expect(await listed(flows)).toEqual(['y']);
  await does(host, `rm -f -- ${flows}/y ${flows}/nosuch`);
  expect(await listed(flows)).toEqual([]);
  await does(host, `rmdir ${flows}`);
  expect(await told(`rmdir ${flows}`)).toBe(
    `rmdir: failed to remove '${flows}': No such file or directory\n`,
  );
  await does(host, `mkdir -p ${flows}/a/b`, `rm -rf ${flows}`, 'rm -rf /nosuch');
  expect((await refusal(listed(flows))).errno).toBe('ENOENT');
  expect(await listed('/var/lib/vflane')).toEqual(['images']);
  expect(await told('rm -rf /')).toContain('use --no-preserve-root to override this failure');
});
