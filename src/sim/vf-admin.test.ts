import { describe, expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import { does, makeVfs, netdev0, tell, vfRecord } from './testing/tell.ts';

async function hostWithVfs(options: Parameters<typeof memorySim>[0] = {}) {
  const host = memorySim(options);
  await makeVfs(host, 2);
  return host;
}

const answers = (text: string) => `RTNETLINK answers: ${text}\n`;
const set = (words: string) => `ip link set dev ${netdev0} vf ${words}`;

describe('VF settings of a ConnectX-5 in legacy mode', () => {
  it('are all accepted, several at once, and shown', async () => {
    const host = await hostWithVfs();
    await does(
      host,
      set(
        '1 mac 02:00:00:00:01:01 vlan 40 qos 3 max_tx_rate 500 min_tx_rate 100 spoofchk on trust on state enable',
      ),
    );
    expect(await vfRecord(host, netdev0, 1)).toEqual({
      vf: 1,
      link_type: 'ether',
      address: '02:00:00:00:01:01',
      broadcast: 'ff:ff:ff:ff:ff:ff',
      vlan_list: [{ vlan: 40, qos: 3 }],
      tx_rate: 500,
      rate: { max_tx: 500, min_tx: 100 },
      spoofchk: true,
      link_state: 'enable',
      trust: true,
    });
    await does(host, set('1 vlan 0'), set('1 max_tx_rate 0 min_tx_rate 0'));
    expect(await vfRecord(host, netdev0, 1)).toMatchObject({
      vlan_list: [{}],
      rate: { max_tx: 0, min_tx: 0 },
    });
  });

  it.each([
    ['2 vlan 1', 2, answers('Invalid argument')],
    ['0 mac 01:00:5e:00:00:01', 2, answers('Invalid argument')],
    ['0 vlan 40 proto 802.1ad', 2, answers('Protocol not supported')],
    ['0 vlan 40 qos 8', 2, answers('Invalid argument')],
    ['0 vlan 4096', 255, 'Error: argument "4096" is wrong: Invalid "vlan" value\n\n'],
    ['0 mac zz', 1, '"zz" is invalid lladdr.\n'],
    ['0 trust maybe', 1, 'Error: argument of "trust" must be one of "off", "on", not "maybe"\n'],
    ['0 state up', 255, 'Error: argument "up" is wrong: Invalid "state" value\n\n'],
    ['0 min_tx_rate 9 max_tx_rate 5', 1, 'Invalid min_tx_rate 9 - must be <= max_tx_rate 5\n'],
    ['0', 255, 'Command line is not complete. Try option "help"\n'],
    ['0 query_rss on', 2, answers('Operation not supported')],
  ])('vf %s is refused', async (words, code, stderr) => {
    const host = await hostWithVfs();
    const before = JSON.stringify(host.state.pfs);
    expect(await tell(host, set(words))).toMatchObject({ code, stderr });
    expect(JSON.stringify(host.state.pfs)).toBe(before);
  });

  it('keep those before a refused one', async () => {
    const host = await hostWithVfs();
    expect((await tell(host, set('0 mac 02:00:00:00:00:09 vlan 40 qos 8'))).code).toBe(2);
    expect(await vfRecord(host, netdev0, 0)).toMatchObject({ address: '02:00:00:00:00:09', vlan_list: [{}] });
  });

  it('for two VFs in one command: only the last one’s count', async () => {
    const host = await hostWithVfs();
    await does(host, set('0 vlan 40 vf 1 vlan 41'));
    expect(await vfRecord(host, netdev0, 0)).toMatchObject({ vlan_list: [{}] });
    expect(await vfRecord(host, netdev0, 1)).toMatchObject({ vlan_list: [{ vlan: 41 }] });
  });

  it('need root', async () => {
    const host = await hostWithVfs();
    host.state.uid = 1000;
    expect(await tell(host, set('0 trust on'))).toMatchObject({
      code: 2,
      stderr: answers('Operation not permitted'),
    });
  });

  it('warn about spoofchk without a MAC, in dmesg only', async () => {
    const host = await hostWithVfs();
    await does(host, set('0 spoofchk on'));
    expect(host.state.dmesg.at(-1)).toBe(
      'mlx5_core 0000:03:00.0: Spoofchk in set while MAC is invalid, vport(1)',
    );
  });

  it('are refused for netdevs without VFs', async () => {
    const host = await hostWithVfs();
    expect(await tell(host, 'ip link set eno1 vf 0 vlan 1')).toMatchObject({
      code: 2,
      stderr: answers('Operation not supported'),
    });
  });
});

describe('VF settings in switchdev mode', () => {
  it.each([
    ['0 mac 02:00:00:00:00:01', 0],
    ['0 vlan 0', 0],
    ['0 max_tx_rate 100', 0],
    ['0 vlan 40', 2],
    ['0 spoofchk on', 2],
    ['0 trust on', 2],
    ['0 state auto', 2],
  ])('vf %s ends with %i', async (words, code) => {
    const host = await hostWithVfs();
    await does(host, 'devlink dev eswitch set pci/0000:03:00.0 mode switchdev');
    const answer = await tell(host, set(words));
    expect(answer).toMatchObject({ code, stderr: code === 0 ? '' : answers('Operation not supported') });
    expect((await tell(host, 'ip link set enp3s0f0r0 vf 0 mac 02:00:00:00:00:01')).stderr).toBe(
      answers('Operation not supported'),
    );
  });
});

describe('the carrier of a VF in legacy mode', () => {
  async function withVf() {
    const host = memorySim();
    await host.writeFile('/sys/bus/pci/devices/0000:03:00.0/sriov_numvfs', '1');
    await does(host, 'ip link set enp3s0f0v0 up');
    const carrier = async () => (await host.readFile('/sys/class/net/enp3s0f0v0/carrier')).trim();
    return { host, carrier };
  }

  it('is the PF’s: up and with a cable', async () => {
    const { host, carrier } = await withVf();
    expect(await carrier()).toBe('0');
    await does(host, `ip link set ${netdev0} up`);
    expect(await carrier()).toBe('1');
    host.state.cables[0] = false;
    expect(await carrier()).toBe('0');
  });

  it('follows the link state, unless that is auto', async () => {
    const { host, carrier } = await withVf();
    await does(host, set('0 state enable'));
    expect(await carrier()).toBe('1');
    await does(host, `ip link set ${netdev0} up`, set('0 state disable'));
    expect(await carrier()).toBe('0');
  });
});
