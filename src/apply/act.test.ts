import { expect, test } from 'vitest';
import type { Host, Ran } from '../host/host.ts';
import { HostError } from '../host/host.ts';
import { act } from './act.ts';

const said =
  "ovs-vsctl: Error detected while setting up 'ceph1': could not open network device ceph1 (No such device).  See ovs-vswitchd log for details.\n";

function hostThatSays(stderr: string): Host {
  const ran: Ran = { stdout: '', stderr };
  const never = () => Promise.reject(new Error('not asked for'));
  const files = { readFile: never, readLink: never, listDir: never, openFiles: never, writeFile: never };
  return { name: 'alpha', query: never, run: async () => ran, ...files };
}

const run = ['ovs-vsctl', 'add-port', 'br-storage', 'ceph1'];
const fails = 'Error detected while setting up';

test('a command that reports failure has failed, whatever its exit code', async () => {
  const failing = act(hostThatSays(said), { run, fails });
  await expect(failing).rejects.toBeInstanceOf(HostError);
  await expect(failing).rejects.toThrow(/not done, with exit code 0: .*could not open network device ceph1/s);
});

test('anything else it says is a warning', async () => {
  expect(await act(hostThatSays(said), { run })).toContain('could not open network device');
  expect(await act(hostThatSays('ovs-vsctl: slow\n'), { run, fails })).toMatch(/slow$/);
  expect(await act(hostThatSays(''), { run, fails })).toBeUndefined();
});
