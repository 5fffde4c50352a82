import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HostError } from '../host/host.ts';
import { memorySim } from './open-sim.ts';
import type { SimHost } from './sim-host.ts';

/** Answers of a real Debian 13 kernel with an igb card, row by row, which the simulated one must give too. */
const folder = new URL('../../tests/transcripts/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, folder), 'utf8');

interface Row {
  readonly section: string;
  readonly command: string;
  readonly exit: number;
  readonly says: readonly string[];
}

function rows(): readonly Row[] {
  let section = '';
  const found: Row[] = [];
  for (const line of text('debian-13-igb.md').split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    const [, command, exit, , says = ''] =
      /^\| `(.*?)` \| (\d+) \| (\w*) \| (.*?) \| (.*) \|$/.exec(line) ?? [];
    if (command === undefined) continue;
    const lines = says.split('<br>').map((part) => part.replace(/^`|`$/g, '').trim());
    found.push({ section, command, exit: Number(exit), says: lines.filter(Boolean) });
  }
  return found;
}

interface Answer {
  readonly exit: number;
  readonly says: readonly string[];
}

async function ask(host: SimHost, argv: readonly string[], stdin?: string): Promise<Answer> {
  const lines = (said: string) =>
    said
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  try {
    const ran = await host.run(argv, stdin === undefined ? {} : { stdin });
    return { exit: 0, says: lines(argv[0] === 'tee' ? ran.stderr : ran.stdout + ran.stderr) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { exitCode = -1, stdout = '', stderr = '' } = error.details;
    return { exit: exitCode, says: lines(argv[0] === 'tee' ? stderr : stderr + stdout) };
  }
}

const devices = '/sys/bus/pci/devices';
const batchText = (...lines: readonly string[]) => `${lines.join('\n')}\n`;
const three = batchText(
  'link set enp1s0f0 vf 0 vlan 41',
  'link set enp1s0f0 vf 9 vlan 1',
  'link set enp1s0f0 vf 0 vlan 42',
);
const nonsense = batchText('link set enp1s0f0 vf 0 vlan 43', 'link set enp1s0f0 nonsense');

/** The commands of rows whose label is not the command itself. */
const named: { readonly [label: string]: readonly [readonly string[], string?] | undefined } = {
  'ip -batch - (line 2 of 3 fails)': [['ip', '-batch', '-'], three],
  'ip -force -batch - (the same)': [['ip', '-force', '-batch', '-'], three],
  'ip -batch - (line 2 is no command)': [['ip', '-batch', '-'], nonsense],
  'cat phys_switch_id': [['cat', '/sys/class/net/enp1s0f0/phys_switch_id']],
  'cat phys_port_name': [['cat', '/sys/class/net/enp1s0f0/phys_port_name']],
  'sleep 1; ip link show enp1s0f0v0': [['ip', 'link', 'show', 'enp1s0f0v0']],
  'cat driver_override after writing a newline': [['cat', `${devices}/0000:01:10.2/driver_override`]],
};

async function replay(host: SimHost, { command }: Row): Promise<Answer> {
  if (command.startsWith('cat driver_override')) {
    await host.run(['tee', `${devices}/0000:01:10.2/driver_override`], { stdin: '\n' });
  }
  const [argv, stdin] = named[command] ?? [];
  if (argv) return ask(host, argv, stdin);
  const [, value, path] = /^write "(.*)" to (.*)$/.exec(command) ?? [];
  if (path !== undefined) return ask(host, ['tee', `/sys/bus/pci/${path}`], value);
  const words = command.replace(/ (0000:\S+\/driver)$/, ` ${devices}/$1`).split(' ');
  return ask(host, words);
}

/** What capture.sh does before a section without recording it. */
const between: { readonly [section: string]: (host: SimHost) => Promise<void> } = {
  numvfs: async (host) => host.writeFile(`${devices}/0000:01:00.0/sriov_drivers_autoprobe`, '0'),
  'ip link set PF vf': async (host) => {
    await twoVfs(host);
    for (const port of [0, 1]) await host.run(['ip', 'link', 'set', `enp1s0f${port}`, 'up']);
  },
  'A bond over two VFs with MACs of their own': async (host) => {
    for (const port of [0, 1]) {
      const pf = `enp1s0f${port}`;
      await host.run(['ip', 'link', 'set', pf, 'vf', '1', 'mac', `02:aa:00:00:0${port}:01`, 'vlan', '41']);
      await host.writeFile(`${devices}/0000:01:10.${port + 2}/driver_override`, 'igbvf');
    }
  },
};

async function twoVfs(host: SimHost): Promise<void> {
  for (const pf of ['0000:01:00.0', '0000:01:00.1']) {
    await host.writeFile(`${devices}/${pf}/sriov_numvfs`, '0');
    await host.writeFile(`${devices}/${pf}/sriov_drivers_autoprobe`, '0');
    await host.writeFile(`${devices}/${pf}/sriov_numvfs`, '2');
  }
}

/** Answers that depend on the machine and not on a rule: numbers, names, random MACs. */
const onlyExit = [
  'ls /dev/vfio',
  'ip -n g40 link show eth2',
  'ip -br link',
  'sleep 1; ip link show enp1s0f0v0',
];

async function labHost(): Promise<SimHost> {
  const host = memorySim({ name: 'lab', card: 'igb', numOfVfs: 7 });
  await host.run(['ip', 'link', 'set', 'eno1', 'name', 'mgmt0']);
  for (const netdev of host.state.netdevs) {
    const port = ['enp1s0f0', 'enp1s0f1'].indexOf(netdev.name);
    if (port < 0) continue;
    netdev.mac = `02:00:00:00:01:0${port}`;
    netdev.permMac = netdev.mac;
    netdev.altNames = [`enx02000000010${port}`];
  }
  return host;
}

test('every answer of the real kernel is the answer of the simulated one', async () => {
  const host = await labHost();
  const differences: unknown[] = [];
  let section = '';
  let count = 0;
  for (const row of rows()) {
    if (row.section !== section) await between[row.section]?.(host);
    section = row.section;
    count += 1;
    const answer = await replay(host, row);
    const same = answer.exit === row.exit && (onlyExit.includes(row.command) || sameLines(answer, row));
    if (!same) differences.push({ ...row, answer });
  }
  expect(differences).toEqual([]);
  expect(count).toBeGreaterThan(130);
});

/** The recording has stdout and stderr in one file, in unspecified order. */
function sameLines(answer: Answer, row: Row): boolean {
  return [...answer.says].sort().join('\n') === [...row.says].sort().join('\n');
}

describe('shapes', () => {
  type Record = { readonly [key: string]: unknown };

  async function shapedHost(): Promise<SimHost> {
    const host = await labHost();
    await twoVfs(host);
    for (const port of [0, 1]) {
      const set = ['ip', 'link', 'set', `enp1s0f${port}`];
      await host.run([...set, 'up']);
      const mac = (vf: number) => `02:aa:00:00:0${port}:0${vf}`;
      await host.run([...set, 'vf', '0', 'mac', mac(0), 'vlan', '40', 'spoofchk', 'on']);
      await host.run([...set, 'vf', '1', 'mac', mac(1), 'vlan', '41', 'qos', '3', 'max_tx_rate', '100']);
      await host.run([...set, 'vf', '1', 'trust', 'on']);
      await host.writeFile(`${devices}/0000:01:10.${port}/driver_override`, 'igbvf');
      await host.writeFile('/sys/bus/pci/drivers_probe', `0000:01:10.${port}`);
    }
    return host;
  }

  function withoutIndex(records: readonly Record[]): unknown {
    const parts = records.filter((r) => r.ifname !== 'mgmt0').map(({ ifindex: _ifindex, ...rest }) => rest);
    return parts.map((part) => JSON.stringify(part));
  }

  test('ip -j -d addr show prints the same records, key for key', async () => {
    const host = await shapedHost();
    const { stdout } = await host.query(['ip', '-j', '-d', 'addr', 'show']);
    expect(withoutIndex(JSON.parse(stdout))).toEqual(
      withoutIndex(JSON.parse(text('debian-13-igb-addr.json'))),
    );
  });

  test('ip -d addr show prints the same lines', async () => {
    const host = await shapedHost();
    const { stdout } = await host.query(['ip', '-d', 'addr', 'show', 'dev', 'enp1s0f0']);
    const real = text('debian-13-igb-addr.txt');
    const from = real.indexOf('3: enp1s0f0');
    expect(stdout).toBe(real.slice(from, real.indexOf('4: enp1s0f1')));
  });

  test('a bond over VFs in a namespace prints the same records', async () => {
    const host = await shapedHost();
    const inside = (...words: readonly string[]) => host.run(['ip', '-n', 'g40', ...words]);
    await host.run(['ip', 'netns', 'add', 'g40']);
    for (const port of [0, 1]) {
      const vf = `enp1s0f${port}v0`;
      const altName = `enx02aa00000${port}00`;
      await host.run(['ip', 'link', 'property', 'del', 'dev', vf, 'altname', altName]);
      await host.run(['ip', 'link', 'set', vf, 'netns', 'g40', 'name', `eth${port}`]);
    }
    const bond = 'link add bond0 type bond mode active-backup fail_over_mac active num_grat_arp 3';
    await inside(...`${bond} arp_interval 100 arp_ip_target 10.40.0.254 arp_validate all`.split(' '));
    for (const port of [0, 1]) await inside('link', 'set', `eth${port}`, 'master', 'bond0');
    await inside(...'link set bond0 type bond primary eth0'.split(' '));
    await inside(...'addr add 10.40.0.1/24 dev bond0'.split(' '));
    await inside(...'link set lo up'.split(' '));
    await inside(...'link set bond0 up'.split(' '));
    const { stdout } = await host.query(['ip', '-n', 'g40', '-j', '-d', 'addr', 'show']);
    // On the real host nothing answered ARP, so the bond had no carrier and no active slave.
    const settled = (json: string) =>
      json
        .replace(/"active_slave":"\w+",/, '')
        .replace(/"mii_status":"\w+",/g, '')
        .replace(/"NO-CARRIER",("BROADCAST","MULTICAST","MASTER","UP")/, '$1,"LOWER_UP"')
        .replace(/("qdisc":"noqueue","operstate"):"DOWN"/, '$1:"UP"')
        .replace(/,\{"family":"inet6","local":"fe80::a[^}]*\}/, '');
    const byName = (records: readonly Record[]) =>
      [...records].sort((a, b) => String(a.ifname).localeCompare(String(b.ifname)));
    const parsed = (json: string) => withoutIndex(byName(JSON.parse(settled(json))));
    expect(parsed(stdout)).toEqual(parsed(text('debian-13-igb-bond-addr.json')));
  });

  test('every recorded file and link of the PCI functions has the same content', async () => {
    const host = await shapedHost();
    const short = text('debian-13-igb-sysfs.txt').split('# grep . of the short files\n')[1] ?? '';
    const numbered = /iommu_group/;
    let compared = 0;
    for (const line of short.split('\n')) {
      const [, path, target] = /^(\S+) -> (\S+)$/.exec(line) ?? [];
      if (path !== undefined && !numbered.test(path)) {
        expect({ path, is: await host.readLink(`${devices}/${path}`) }).toEqual({ path, is: target });
        compared += 1;
      }
      const [, file, value] =
        /^(0000:[^:]+:[^:]+\/(?:vendor|device|class|numa_node|driver_override|sriov_(?!vf_total)\w+|\w+_link_\w+)):(.*)$/.exec(
          line,
        ) ?? [];
      if (file === undefined) continue;
      expect({ file, is: await host.readFile(`${devices}/${file}`) }).toEqual({ file, is: `${value}\n` });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(35);
  });
});
