import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIpAddr } from '../src/observe/ip-link.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import type { SimHost } from '../src/sim/sim-host.ts';
import { type LabHost, labHost } from './support/lab-host.ts';
import { askLab, askSim } from './support/lab-rows.ts';
import { switchdevSections } from './support/lab-sections-switchdev.ts';
import { differing, inNames, onNetdevsim, onSimulated } from './support/lab-switchdev.ts';

let lab: LabHost;
const sim: SimHost = memorySim({ name: 'alpha', kernel: 'debian-13', numOfVfs: 8 });

beforeAll(async () => {
  lab = await labHost();
  // No driver binds netdevsim's VFs; mlx5's would be bound, and block a change of the eswitch mode.
  await askSim(
    sim,
    inNames(['> SYS0/sriov_drivers_autoprobe 0', '> SYS1/sriov_drivers_autoprobe 0'], onSimulated),
  );
});
afterAll(() => lab?.down());

describe('vflane lab netdevsim', () => {
  const made = [0, 1].map((id) => `netdevsim/netdevsim${id}: eni${id}np1, legacy, 0 of 127 VFs\n`).join('');

  it('gives a host two ports with an eswitch each, says that they carry nothing, and can be repeated', async () => {
    expect(await lab.vflane('lab', 'netdevsim', 'alpha')).toMatchObject({
      code: 0,
      stdout: made,
      stderr: expect.stringContaining('nothing carries packets'),
    });
    const again = await lab.vflane('lab', 'netdevsim', 'alpha', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      schema: 'vflane.lab-netdevsim/1',
      ports: [
        { devlink: 'netdevsim/netdevsim0', netdev: 'eni0np1', mode: 'legacy', vfs: 0, maxVfs: 127 },
        {},
      ],
    });
  });

  it('refuses more VFs than a card has, and an unknown host', async () => {
    expect((await lab.vflane('lab', 'netdevsim', 'alpha', '--vfs', '128')).code).toBe(64);
    expect((await lab.vflane('lab', 'netdevsim', 'gamma')).code).toBe(4);
  });
});

describe.each(Object.entries(switchdevSections))('%s', (_title, rows) => {
  it('is the same on netdevsim and on the simulated mlx5', async () => {
    const [real, simulated] = [
      await askLab(lab, inNames(rows, onNetdevsim)),
      await askSim(sim, inNames(rows, onSimulated)),
    ];
    expect(real).toHaveLength(rows.length);
    expect(rows.flatMap((row, n) => differing(row, real[n], simulated[n]))).toEqual([]);
  });
});

const numVfs = (port: 0 | 1, count: number) =>
  `echo ${count} >/sys/bus/netdevsim/devices/netdevsim${port}/sriov_numvfs`;
const mode = (port: 0 | 1, to: string) => `devlink dev eswitch set netdevsim/netdevsim${port} mode ${to}`;

describe('representors', () => {
  it('are ports of Open vSwitch, as long as they exist', async () => {
    await lab.ssh(`${numVfs(0, 2)}; ${mode(0, 'switchdev')}; udevadm settle --timeout=20`);
    await lab.ssh('systemctl start openvswitch-switch; ovs-vsctl add-br br0 -- add-port br0 eni0npf0vf1');
    expect(await lab.ssh('ovs-vsctl get Interface eni0npf0vf1 error ofport')).toBe('[]\n1');
    await lab.ssh(`${mode(0, 'legacy')}; ovs-vsctl add-port br0 lo -- --if-exists del-port br0 lo`);
    expect(await lab.ssh('ovs-vsctl get Interface eni0npf0vf1 error')).toContain('No such device');
    await lab.ssh(`ovs-vsctl del-br br0; systemctl stop openvswitch-switch; ${numVfs(0, 0)}`);
  });

  it('of 127 VFs on each of two ports fit in one answer of ip, told apart by switch and port', async () => {
    const make = ([0, 1] as const).map((port) => `${numVfs(port, 127)}; ${mode(port, 'switchdev')}`);
    // udev is still renaming them, but the names do not matter here.
    const { links } = parseIpAddr(await lab.ssh(`${make.join('; ')}; ip -j -d addr show`));
    const reps = links.filter(({ physPortName }) => physPortName?.startsWith('pf0vf'));
    expect(reps).toHaveLength(254);
    expect(new Set(reps.map((rep) => `${rep.physSwitchId} ${rep.physPortName}`)).size).toBe(254);
  });
});
