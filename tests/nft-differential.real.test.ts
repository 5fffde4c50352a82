import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostError } from '../src/host/host.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import type { Answer } from './ovs-real.ts';

/** util-linux's. */
const enter = 'nsenter';
const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' };
const probe = spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { env, timeout: 5_000 });
const missing =
  probe.status === 0 ? undefined : 'nft in a network namespace of its own needs root and nftables';
if (missing !== undefined)
  process.stderr.write(`skipped: the simulated nft against the real one: ${missing}\n`);

const table = (rules: string, name = 'vflane') => `table inet ${name}
delete table inet ${name}
table inet ${name} {
  set peers {
    type ipv4_addr
    elements = { 192.168.9.3, 192.168.9.1 }
  }
  chain input {
    type filter hook input priority filter - 10; policy accept;
${rules}
  }
}
`;

/** A table for netdevs that the host itself must not hear. */
function guard(family: string, hook: string, rules: string): string {
  return `table ${family} vflane
delete table ${family} vflane
table ${family} vflane {
  set ports {
    type ifname
    elements = { "eth1", "g1", "ceph1-9fbe" }
  }
  ${family === 'inet' ? 'set peers { type ipv4_addr; elements = { 192.168.9.1 } }' : ''}
  chain ports {
    ${hook}
    ${rules}
  }
}
`;
}

/** Scripts on stdin, or lines of words, in order. */
const steps: readonly (string | { readonly script: string })[] = [
  'list ruleset',
  {
    script: table(
      'iifname "bond0" udp dport 4789 ip saddr @peers accept\nudp dport 4789 counter drop comment "vflane"',
    ),
  },
  'list ruleset',
  '-j list ruleset',
  {
    script: table(
      'iifname { "br-a", "br-b" } drop\nip6 saddr fd00::1 udp dport 4789 accept\niifname != "bond0" udp dport 4789 drop',
    ),
  },
  'list table inet vflane',
  '-j list table inet vflane',
  'list tables',
  '-j list tables',
  'list table inet nosuch',
  {
    script:
      'add table inet a\nadd chain inet a c\nadd rule inet a c udp dport 4789 ip saddr { 192.168.9.1, 192.168.9.2 } accept\n',
  },
  'list table inet a',
  { script: 'flush chain inet a c\n' },
  'list table inet a',
  {
    script:
      'add element inet vflane peers { 192.168.9.9 }\ndelete element inet vflane peers { 192.168.9.1 }\n',
  },
  'list table inet vflane',
  { script: 'add table inet b\nbogus\n' },
  'list tables',
  'delete table inet a',
  {
    script: guard('inet', 'type filter hook prerouting priority -300; policy accept;', 'iifname @ports drop'),
  },
  'list table inet vflane',
  '-j list table inet vflane',
  {
    script: guard(
      'inet',
      'type filter hook prerouting priority -310; policy accept;',
      'iifname @ports counter drop',
    ),
  },
  'list table inet vflane',
  '-j list table inet vflane',
  {
    script: guard(
      'inet',
      'type filter hook prerouting priority raw; policy accept;',
      'iifname { "g1", "g2" } udp dport 4789 drop\niifname != @ports ip saddr @peers udp dport 4789 accept',
    ),
  },
  'list table inet vflane',
  '-j list table inet vflane',
  { script: guard('arp', 'type filter hook input priority 0; policy accept;', 'iifname @ports drop') },
  'list table arp vflane',
  '-j list table arp vflane',
  { script: 'add element inet vflane ports { "g9" }\ndelete element inet vflane ports { "eth1" }\n' },
  '-j list table inet vflane',
  { script: 'add element inet vflane ports { "averylongnameforanetdev" }\n' },
  { script: 'add element inet vflane nosuch { "g9" }\n' },
  { script: 'add rule inet vflane ports iifname @nosuch drop\n' },
  { script: guard('inet', 'type filter hook nosuch priority 0;', 'drop') },
  { script: guard('arp', 'type filter hook prerouting priority 0;', 'drop') },
  '-j list tables',
  'delete table arp vflane',
  'delete table inet vflane',
  'list ruleset',
];

describe.skipIf(missing !== undefined)('the simulated nft answers as the real one', () => {
  const holder: ChildProcess = spawn('unshare', ['-n', 'sleep', '60'], { env, stdio: 'ignore' });
  const host = memorySim({ kernel: 'debian-12' });
  const namespaceOf = (pid: number | string | undefined) => readlinkSync(`/proc/${pid}/ns/net`);

  // Never in this machine's own namespace.
  beforeAll(async () => {
    const until = performance.now() + 5_000;
    while (namespaceOf(holder.pid) === namespaceOf('self')) {
      if (performance.now() > until) throw new Error('unshare made no network namespace within 5 s');
      await sleep(5);
    }
  });
  afterAll(() => holder.kill('SIGKILL'));

  function real(words: readonly string[], input: string): Answer {
    const argv = ['-t', String(holder.pid), '-n', 'nft', ...words];
    const ran = spawnSync(enter, argv, { env, input, encoding: 'utf8', timeout: 5_000 });
    return { code: ran.status ?? -1, stdout: ran.stdout, stderr: ran.stderr };
  }

  async function simulated(words: readonly string[], stdin: string): Promise<Answer> {
    try {
      return { code: 0, ...(await host.run(['nft', ...words], stdin === '' ? {} : { stdin })) };
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const { exitCode = -1, stdout = '', stderr = '' } = error.details;
      return { code: exitCode, stdout, stderr };
    }
  }

  /** Without the kernel's handles, the machine's versions, and the grammar's hints in an error; its position stays. */
  function plain({ code, stdout, stderr }: Answer): unknown {
    const tidy = (key: string, value: unknown) => (key === 'handle' || key === 'metainfo' ? 0 : value);
    const out = stdout.startsWith('{') ? JSON.stringify(JSON.parse(stdout), tidy) : stdout;
    return { code, stdout: out, failed: stderr !== '' };
  }

  it('rulesets, as text and as JSON', async () => {
    const differing: unknown[] = [];
    for (const step of steps) {
      const [words, stdin] = typeof step === 'string' ? [step.split(' '), ''] : [['-f', '-'], step.script];
      const expected = plain(real(words, stdin));
      const got = plain(await simulated(words, stdin));
      if (JSON.stringify(got) !== JSON.stringify(expected))
        differing.push({ step, real: expected, simulated: got });
    }
    expect(differing).toEqual([]);
  });
});
