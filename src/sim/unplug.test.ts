import { expect, test } from 'vitest';
import { memorySim } from './open-sim.ts';
import { netdev0 } from './testing/tell.ts';
import { unplug } from './unplug.ts';

test('a pulled card leaves the bridges at once, even if Open vSwitch was restarted since', async () => {
  const host = memorySim();
  const port = `ovs-vsctl --may-exist add-port br0 ${netdev0}`;
  for (const line of ['ovs-vsctl --may-exist add-br br0', port, 'systemctl restart ovs-vswitchd'])
    await host.run(line.split(' '));
  expect(host.state.ovs.daemon?.bridges.br0?.ports).toHaveProperty(netdev0);
  unplug(host.state, 'card');
  expect(host.state.ovs.daemon?.bridges.br0?.ports).not.toHaveProperty(netdev0);
});
