import { describe, expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import { does, makeVfs, tell } from '../testing/tell.ts';

const wrongForm =
  'Wrong identification string format.\nDevlink identification ("bus_name/dev_name") expected\n';

describe('devlink', () => {
  it.each([
    ['dev show nosuch', wrongForm],
    ['dev show pci/0000:03:00.0 pci/0000:03:00.1', 'Unknown option "pci/0000:03:00.1"\n'],
    ['dev eswitch show', 'Devlink identification ("bus_name/dev_name") expected\n'],
    ['dev eswitch nosuch', 'Command "nosuch" not found\n'],
    ['dev eswitch set pci/0000:03:00.0', 'Need to set at least one option\n'],
    ['dev eswitch set pci/0000:03:00.0 mode', 'String parameter expected\n'],
    ['dev eswitch set mode switchdev pci/0000:03:00.0', wrongForm],
    ['dev eswitch set pci/0000:03:00.7 mode switchdev', 'kernel answers: No such device\n'],
    ['port show nosuch', `RTNETLINK answers: No such device\n${wrongForm}`],
    ['port show lo', wrongForm],
    ['port show pci/0000:03:00.0/77', 'kernel answers: No such device\n'],
    ['port show pci/0000:03:00.0/x', 'Port index "x" is not a number or not within range\n'],
    ['dev param set pci/0000:03:00.0 name x', 'Value to set expected.\nConfiguration mode expected.\n'],
    ['dev param show pci/0000:03:00.0 name nosuch', 'kernel answers: Invalid argument\n'],
    [
      'dev param set pci/0000:03:00.0 name esw_port_metadata value true cmode permanent',
      'Configuration mode not supported\n',
    ],
  ])('refuses `%s` as a real one does', async (words, stderr) => {
    expect(await tell(memorySim(), `devlink ${words}`)).toEqual({ code: 1, stdout: '', stderr });
  });

  it('shows one port, by its index or its netdev, or those of a device', async () => {
    const host = memorySim();
    await makeVfs(host, 2);
    await does(host, 'devlink dev eswitch set pci/0000:03:00.0 mode switchdev');
    const ports = async (what: string) => {
      const { stdout } = await host.query(['devlink', '-j', 'port', 'show', what]);
      return Object.keys(JSON.parse(stdout).port);
    };
    expect(await ports('pci/0000:03:00.0/2')).toEqual(['pci/0000:03:00.0/2']);
    expect(await ports('enp3s0f0r1')).toEqual(['pci/0000:03:00.0/2']);
    expect(await ports('pci/0000:03:00.1')).toEqual(['pci/0000:03:00.1/131071']);
  });

  it.each([
    ['dev eswitch show pci/0000:03:00.7', '{"dev":{}}\n'],
    ['port show pci/0000:03:00.0/77', '{"port":{}}\n'],
    ['dev show nosuch', '\n'],
  ])('prints with -j what there is of an object when it refuses `%s`', async (words, stdout) => {
    expect(await tell(memorySim(), `devlink -j ${words}`)).toMatchObject({ code: 1, stdout });
  });

  it('shows the mode of an eswitch only to root', async () => {
    const host = memorySim({ uid: 1000 });
    expect(await tell(host, 'devlink dev eswitch show pci/0000:03:00.0')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'kernel answers: Operation not permitted\n',
    });
    expect((await tell(host, 'devlink dev show pci/0000:03:00.0')).code).toBe(0);
  });

  it('takes the last of two modes', async () => {
    const host = memorySim();
    await does(host, 'devlink dev eswitch set pci/0000:03:00.0 mode switchdev mode legacy');
    expect((await tell(host, 'devlink dev esw sh pci/0000:03:00.0')).stdout).toContain('mode legacy');
  });
});
