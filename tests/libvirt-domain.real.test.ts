import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addressAttributes, domainXml } from '../src/guest/domain-xml.ts';
import { addressToken } from '../src/guest/vf-token.ts';
import type { MachineSpec } from '../src/model/machine.ts';
import { asPciAddress, type PciAddress } from '../src/model/names.ts';

/** What libvirt itself says of the domains: its schema, and its own driver for tests, which keeps them in memory. */
const folder = mkdtempSync(join(tmpdir(), 'vflane-domain-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pf = asPciAddress('0000:03:00.0') as PciAddress;
const tap = { tap: 'web-9fbeca', mac: '02:00:00:00:00:01' };
const plain: MachineSpec = {
  cpus: 4,
  memoryMiB: 2048,
  hugepages: false,
  manager: 'libvirt',
  firmware: 'bios',
  image: '/var/lib/vflane/images/debian.qcow2',
  pci: [],
  autostart: true,
  nics: [{ pf, index: 3 }],
  seed: { metaData: '', networkConfig: '', userData: { text: '' } },
};
const onNode = { node: 1, cpus: '4-7,12' };
const drive = asPciAddress('0000:41:00.0') as PciAddress;

const domains: readonly (readonly [what: string, text: string])[] = [
  ['VFs on a NUMA node', domainXml('web', plain, onNode, 'qcow2')],
  [
    'UEFI, hugepages and a drive',
    domainXml('web', { ...plain, firmware: 'uefi', hugepages: true, pci: [drive] }, onNode, 'qcow2'),
  ],
  ['a tap', domainXml('web', { ...plain, nics: [{ ...tap, plain: false }] }, {}, 'qcow2')],
  [
    'a tap of the userspace datapath',
    domainXml('web', { ...plain, nics: [{ ...tap, plain: true }] }, {}, 'qcow2'),
  ],
];

function ran(...argv: readonly [string, ...string[]]): string {
  const [program, ...args] = argv;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 });
  expect(status, `${argv.join(' ')}: ${stdout}${stderr}`).toBe(0);
  return stdout;
}

describe.each(domains)('a domain with %s', (_what, text) => {
  const file = join(folder, 'domain.xml');
  // As it is once the VF has its address.
  const placed = text.replaceAll(addressToken(pf, 3), addressAttributes('0000:03:02.3'));
  const write = () => writeFileSync(file, placed);

  it('is of libvirt’s schema', () => {
    write();
    ran('virt-xml-validate', file, 'domain');
  });

  it('is defined by libvirt, which keeps what vflane knows it by', () => {
    write();
    const kept = ran(
      'virsh',
      '--connect=test:///default',
      `define ${file}; dumpxml web; undefine --keep-nvram web`,
    );
    const digest = /digest='([0-9a-f]{64})'/.exec(text)?.[1];
    expect(digest).toBeDefined();
    expect(kept).toContain(`digest="${digest}"`);
    expect(kept).toContain(text.includes('hostdev') ? "managed='no'" : 'web-9fbeca');
  });
});
