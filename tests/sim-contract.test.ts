import type { Host } from '../src/host/host.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import {
  type HostQuestions,
  hostContract,
  type ReaderQuestions,
  readerContract,
  type Subject,
} from './host-contract.ts';

const pf = '/sys/bus/pci/devices/0000:03:00.0';

const reader: ReaderQuestions = {
  text: { path: `${pf}/vendor`, text: '0x15b3\n' },
  folder: { path: '/sys/bus/pci/drivers', sorted: ['e1000e', 'mlx5_core', 'vfio-pci'] },
  link: { path: `${pf}/driver`, target: '../../../../bus/pci/drivers/mlx5_core' },
  missingFile: `${pf}/none`,
  notText: { skipped: 'the simulated host holds text only' },
  reads: { argv: ['uname', '-r'], stdout: /^6\.12\.\S+\n$/ },
  fails: {
    argv: ['cat', '/etc/none'],
    exitCode: 1,
    stderr: /^cat: \/etc\/none: No such file or directory\n$/,
  },
  heldOpen: { folder: '/dev/vfio', path: '/dev/vfio/15' },
  nobody: '/dev/net',
};

const host: HostQuestions = {
  missingProgram: 'vflane-no-such-program',
  hangs: { skipped: 'its time is its own: it sleeps a minute at once' },
  echoes: ['tee'],
  floods: { skipped: 'none of its programs says so much' },
  ordinaryFile: '/etc/modprobe.d/vflane.conf',
  attribute: { path: `${pf}/sriov_numvfs`, text: '2', reads: '2\n' },
  refusedWrite: { path: `${pf}/sriov_numvfs`, text: '3', errno: 'EBUSY' },
  missingAttribute: `${pf}/none`,
};

/** Gives a VF to a running guest, so that a process has its group open. */
async function giveToGuest(sim: Host): Promise<void> {
  const vf = '0000:03:00.2';
  await sim.run(['modprobe', 'vfio-pci']);
  await sim.writeFile(`${pf}/sriov_drivers_autoprobe`, '0');
  await sim.writeFile(`${pf}/sriov_numvfs`, '2');
  await sim.writeFile(`/sys/bus/pci/devices/${vf}/driver_override`, 'vfio-pci');
  await sim.writeFile('/sys/bus/pci/drivers_probe', vf);
  await sim.run(['qemu-system-x86_64', '-device', `vfio-pci,host=${vf}`]);
}

async function connect(): Promise<Subject<Host>> {
  const sim = memorySim({ name: 'sim' });
  await giveToGuest(sim);
  return { adapter: sim, close: async () => undefined };
}

readerContract('the simulated host', reader, connect);
hostContract('the simulated host', host, connect);
