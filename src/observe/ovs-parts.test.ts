import { describe, expect, test } from 'vitest';
import { HostError, type HostReader } from '../host/host.ts';
import { observeDpdkParts } from './dpdk-parts.ts';
import { observeOvs } from './ovs.ts';

interface Told {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** A host that has these programs, each with one answer, and /etc/os-release. */
function host(programs: { readonly [name: string]: Told | undefined }, release = ''): HostReader {
  const none = () => Promise.reject(new Error('not asked for'));
  return {
    name: 'alpha',
    readFile: () => Promise.resolve(release),
    readLink: none,
    listDir: none,
    openFiles: none,
    query: async (argv) => {
      const { stdout = '', stderr = '', exitCode = 0 } = programs[argv[0] ?? ''] ?? { exitCode: -1 };
      const about = { host: 'alpha', argv };
      if (exitCode < 0) throw new HostError({ kind: 'missing', ...about });
      if (exitCode > 0) throw new HostError({ kind: 'exit', ...about, exitCode, stdout, stderr });
      return { stdout, stderr };
    },
  };
}

const table = (headings: string, row = '') => `{"data":[${row}],"headings":[${headings}]}\n`;
const answering = {
  'ovs-vsctl': {
    stdout: [
      table('"other_config","ovs_version","dpdk_initialized"', '[["map",[]],"3.5.0",false]'),
      ...['"name"', '"_uuid"', '"_uuid"'].map((headings) => table(headings)),
    ].join(''),
  },
};

describe('Open vSwitch', () => {
  test('that is not installed, and whose database does not run, are told apart', async () => {
    expect(await observeOvs(host({}))).toMatchObject({ lacks: 'program' });
    const stderr =
      'ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed (No such file or directory)\n';
    const stopped = await observeOvs(host({ 'ovs-vsctl': { exitCode: 1, stderr } }));
    expect(stopped).toEqual({
      unseen:
        'ovsdb-server does not run: unix:/var/run/openvswitch/db.sock: database connection failed (No such file or directory)',
      lacks: 'service',
    });
  });

  test('whose socket only root may open is not seen, and not called stopped', async () => {
    const stderr =
      'ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed (Permission denied)\n';
    const seen = await observeOvs(host({ 'ovs-vsctl': { exitCode: 1, stderr } }));
    expect(seen).toEqual({ unseen: expect.stringContaining('Permission denied') });
  });

  test('of another trouble says so in its own words, and is not called absent', async () => {
    const seen = await observeOvs(host({ 'ovs-vsctl': { exitCode: 1, stderr: 'ovs-vsctl: no table\n' } }));
    expect(seen).toMatchObject({ unseen: expect.stringContaining('no table') });
    expect(seen).not.toHaveProperty('lacks');
  });

  test('whose daemon is gone has no flows, wherever its pidfile went', async () => {
    const alive = await observeOvs(host({ ...answering, 'ovs-appctl': { stdout: 'ovs-vswitchd 3.5.0\n' } }));
    expect(alive).toMatchObject({ daemon: true });
    const crashed =
      'ovs-appctl: cannot connect to "/var/run/openvswitch/ovs-vswitchd.77.ctl" (Connection refused)\n';
    const gone = await observeOvs(host({ ...answering, 'ovs-appctl': { exitCode: 1, stderr: crashed } }));
    expect(gone).toMatchObject({ daemon: false });
  });
});

describe('the parts of the DPDK build', () => {
  const release = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';

  test('are read from what dpkg prints beside its error, without what is only known by name', async () => {
    const parts = await observeDpdkParts(
      host(
        {
          'dpkg-query': {
            exitCode: 1,
            stdout: 'installed librte-mempool-ring23\nnot-installed librte-net-mlx5-23\n',
            stderr: 'dpkg-query: no packages found matching openvswitch-switch-dpdk\n',
          },
          'update-alternatives': {
            stdout:
              'Name: ovs-vswitchd\nLink: /usr/sbin/ovs-vswitchd\nStatus: auto\nBest: /usr/lib/openvswitch-switch/ovs-vswitchd\nValue: /usr/lib/openvswitch-switch/ovs-vswitchd\n\nAlternative: /usr/lib/openvswitch-switch/ovs-vswitchd\nPriority: 100\n',
          },
        },
        release,
      ),
    );
    expect(parts).toEqual({
      debian: 12,
      packages: ['librte-mempool-ring23'],
      daemons: ['/usr/lib/openvswitch-switch/ovs-vswitchd'],
    });
  });

  test('of a system without dpkg are not seen, rather than absent', async () => {
    expect(await observeDpdkParts(host({}, 'ID=fedora\nVERSION_ID=40\n'))).toMatchObject({
      unseen: expect.stringContaining('dpkg-query'),
    });
  });

  test('of another release have no number to ask for', async () => {
    const tools = { 'dpkg-query': { exitCode: 1 }, 'update-alternatives': { exitCode: 2 } };
    expect(await observeDpdkParts(host(tools, 'ID=ubuntu\nVERSION_ID="24.04"\n'))).toEqual({
      debian: undefined,
      packages: [],
      daemons: [],
    });
  });
});
