import { expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import { defaultPackages } from '../packages.ts';
import { does, refusal, tell } from '../testing/tell.ts';

const line = 'nmcli -t -f DEVICE,STATE device';

it('NetworkManager manages every netdev that its files do not exclude', async () => {
  expect(await refusal(memorySim().run(['nmcli']))).toMatchObject({ kind: 'missing' });
  const host = memorySim({ packages: [...defaultPackages, 'network-manager'] });
  expect((await tell(host, line)).stdout).toContain('enp3s0f0np0:disconnected\n');
  await does(host, 'mkdir -p /etc/NetworkManager/conf.d');
  await host.writeFile(
    '/etc/NetworkManager/conf.d/a.conf',
    '[keyfile]\nunmanaged-devices=interface-name:enp3s0*\n',
  );
  expect((await tell(host, line)).stdout).toContain(
    'eno1:connected\nenp3s0f0np0:unmanaged\nenp3s0f1np1:unmanaged\n',
  );
  await does(host, 'systemctl stop NetworkManager');
  expect(await tell(host, line)).toEqual({
    code: 8,
    stdout: '',
    stderr: 'Error: NetworkManager is not running.\n',
  });
});

it('networkd manages the netdevs that its files name, once it runs', async () => {
  const host = memorySim();
  expect((await tell(host, 'networkctl list --json=short')).code).toBe(1);
  await host.writeFile('/etc/systemd/network/10-all.network', '[Match]\nName=en*\n[Network]\nDHCP=yes\n');
  await host.writeFile(
    '/etc/systemd/network/05-off.network',
    '[Match]\nName=enp3s0f0np0\n[Link]\nUnmanaged=yes\n',
  );
  await does(host, 'systemctl start systemd-networkd');
  const { stdout } = await tell(host, 'networkctl list --json=short');
  const found = JSON.parse(stdout).Interfaces.map((link: { Name: string; AdministrativeState: string }) => [
    link.Name,
    link.AdministrativeState,
  ]);
  expect(Object.fromEntries(found)).toEqual({
    lo: 'unmanaged',
    eno1: 'configured',
    enp3s0f0np0: 'unmanaged',
    enp3s0f1np1: 'configured',
  });
});
