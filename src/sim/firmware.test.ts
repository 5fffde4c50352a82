import { describe, expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import { does, errno, makeVfs, pf0, tell } from './testing/tell.ts';

const newer = '/root/fw-ConnectX5-rel-16_35_8002-MCX516A-CDA_Ax_Bx.bin';
const older = '/root/fw-ConnectX5-rel-16_31_2006-MCX516A-CDA_Ax_Bx.bin';
const another = '/root/fw-ConnectX5-rel-16_35_8002-MCX512A-ACA_Ax_Bx.bin';

describe('flash', () => {
  it('holds another version than the running one until the card is reset', async () => {
    const host = memorySim();
    await does(host, `mstflint -d 03:00.0 -i ${newer} -y burn`);
    const query = await tell(host, 'mstflint -d 03:00.0 q');
    expect(query.stdout).toMatch(/^FW Version: {12}16\.35\.8002$/m);
    expect(query.stdout).toMatch(/^FW Version\(Running\): {3}16\.35\.4554$/m);
    const info = JSON.parse((await tell(host, 'devlink -j dev info pci/0000:03:00.0')).stdout);
    expect(info.info['pci/0000:03:00.0'].versions).toMatchObject({
      running: { fw: '16.35.4554' },
      stored: { fw: '16.35.8002' },
    });
    await does(host, 'mstfwreset -d 03:00.0 -y reset');
    expect((await tell(host, 'mstflint -d 03:00.0 q')).stdout).not.toContain('Running');
  });

  it('takes no image of another board, and an older one only after confirmation', async () => {
    const host = memorySim();
    expect(await tell(host, `mstflint -d 03:00.0 -i ${another} -y burn`)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('-E- PSID mismatch. The PSID on flash (MT_0000000013)'),
    });
    expect(await tell(host, `mstflint -d 03:00.0 -i ${older} burn`)).toMatchObject({ code: 1 });
    await does(host, `mstflint -d 03:00.0 -i ${older} -y burn`);
  });

  it('can be read into a file and burnt from it', async () => {
    const host = memorySim();
    await does(host, 'mstflint -d 03:00.0 ri /root/old.bin', `mstflint -d 03:00.0 -i ${newer} -y burn`);
    await does(host, 'mstflint -d 03:00.0 -i /root/old.bin -y burn');
    expect((await tell(host, 'mstflint -i /root/old.bin q')).stdout).toContain('16.35.4554');
  });
});

describe('settings', () => {
  it('take effect after a reset; until then they are marked with a star', async () => {
    const host = memorySim();
    await does(host, 'mstconfig -d 03:00.0 -y set SRIOV_EN=0 NUM_OF_VFS=32');
    const { stdout } = await tell(host, 'mstconfig -d 03:00.0 -e q');
    expect(stdout).toMatch(/^\* +NUM_OF_VFS +0 +16 +32 *$/m);
    expect(stdout).toMatch(/^\* +SRIOV_EN +False\(0\) +True\(1\) +False\(0\) *$/m);
    expect(await host.readFile(`${pf0}/sriov_totalvfs`)).toBe('16\n');
    await does(host, 'reboot');
    expect(await errno(host.readFile(`${pf0}/sriov_totalvfs`))).toBe('ENOENT');
  });

  it('are not taken without confirmation, nor beyond the card’s limits', async () => {
    const host = memorySim();
    expect(await tell(host, 'mstconfig -d 03:00.0 set NUM_OF_VFS=32')).toMatchObject({ code: 1 });
    expect(await tell(host, 'mstconfig -d 03:00.0 -y set NUM_OF_VFS=200')).toMatchObject({ code: 3 });
    expect((await tell(host, 'mstconfig -d 03:00.0 q NUM_OF_VFS')).stdout).toMatch(/NUM_OF_VFS +16/);
  });
});

describe('a reset', () => {
  it('removes the VFs, and brings the ports up as a new driver does', async () => {
    const host = memorySim();
    await makeVfs(host, 2);
    await does(host, 'ip link set dev enp3s0f0np0 mtu 9000', 'mstfwreset -d 03:00.0 -l 3 -y reset');
    expect(await host.readFile(`${pf0}/sriov_numvfs`)).toBe('0\n');
    const [link] = JSON.parse((await tell(host, 'ip -j link show dev enp3s0f0np0')).stdout);
    expect(link.mtu).toBe(1500);
  });

  it('works at the levels that the card has', async () => {
    const host = memorySim();
    expect((await tell(host, 'mstfwreset -d 03:00.0 q')).stdout).toMatch(
      /^3: Driver restart and PCI reset +-Supported +\(default\)$/m,
    );
    expect(await tell(host, 'mstfwreset -d 03:00.0 -l 0 -y reset')).toMatchObject({ code: 1 });
  });
});

it('the tools work only for root, and only on this vendor’s cards', async () => {
  const plain = memorySim({ card: 'igb' });
  expect(await tell(plain, 'mstflint -d 01:00.0 q')).toMatchObject({ code: 1 });
  const user = memorySim({ uid: 1000 });
  expect((await tell(user, 'mstconfig -d 03:00.0 q')).stdout).toContain('Permission denied');
});
