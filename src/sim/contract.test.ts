import { hostContract, readerContract } from '../../tests/host-contract.ts';
import { memorySim } from './open-sim.ts';
import { makeVfs, pf0, toVfio } from './testing/tell.ts';

const big = 'x'.repeat(300_000);

async function connect() {
  const adapter = memorySim({ name: 'alpha' });
  await makeVfs(adapter, 2);
  await toVfio(adapter, '0000:03:00.2');
  await adapter.run(['qemu-system-x86_64', '-device', 'vfio-pci,host=0000:03:00.2']);
  await adapter.writeFile('/srv/big', big);
  return { adapter, close: async () => undefined };
}

readerContract(
  'the simulated host',
  {
    text: { path: '/etc/debian_version', text: '13.1\n' },
    folder: { path: '/sys/class/net', sorted: ['eno1', 'enp3s0f0np0', 'enp3s0f1np1', 'lo'] },
    link: { path: `${pf0}/virtfn1`, target: '../0000:03:00.3' },
    missingFile: '/sys/class/net/nosuch/mtu',
    notText: { skipped: 'its files hold text only' },
    reads: { argv: ['uname', '-r'], stdout: /^6\.12\.\d+\+deb13-amd64\n$/ },
    fails: { argv: ['cat', '/nosuch'], exitCode: 1, stderr: /^cat: \/nosuch: No such file or directory$/m },
    heldOpen: { folder: '/dev/vfio', path: '/dev/vfio/15' },
    nobody: '/dev/vhost',
  },
  connect,
);

hostContract(
  'the simulated host',
  {
    missingProgram: 'ovs-vsctl-of-another-day',
    hangs: { skipped: 'nothing hangs there but faults and held VFs: their own tests' },
    echoes: ['tee', '/dev/null'],
    floods: { argv: ['cat', '/srv/big'], bytes: big.length },
    ordinaryFile: '/etc/modules-load.d/vflane.conf',
    attribute: { path: `${pf0}/sriov_drivers_autoprobe`, text: '0', reads: '0\n' },
    refusedWrite: { path: `${pf0}/sriov_numvfs`, text: '17', errno: 'ERANGE' },
    missingAttribute: `${pf0}/sriov_nosuch`,
  },
  connect,
);
