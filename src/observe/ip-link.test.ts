import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIpAddr } from './ip-link.ts';

function transcript(name: string): string {
  return readFileSync(new URL(`../../tests/transcripts/${name}`, import.meta.url), 'utf8');
}

describe('ip -j -d addr show of Debian 13', () => {
  const seen = parseIpAddr(transcript('debian-13-igb-addr.json'));

  test('a PF says what it enforces on each VF', () => {
    const vf = seen.vfs.get('enp1s0f0')?.get(0);
    expect(vf).toMatchObject({ mac: '02:aa:00:00:00:00', linkState: 'auto', maxRateMbps: 0 });
    expect(vf?.vlan).toBeGreaterThan(0);
    expect(seen.vfs.get('enp1s0f1')?.size).toBe(2);
  });

  test('a netdev names the PCI function behind it', () => {
    const pf = seen.links.find((link) => link.name === 'enp1s0f1');
    expect(pf).toMatchObject({ parentDev: '0000:01:00.1', maxMtu: 9216, up: true });
  });

  test('addresses that the kernel made by itself are left out', () => {
    expect(seen.links.find((link) => link.name === 'mgmt0')?.addresses).toEqual(['10.0.2.15/24']);
  });

  test('a bond says how it fails over', () => {
    const { links } = parseIpAddr(transcript('debian-13-igb-bond-addr.json'));
    expect(links.find((link) => link.bond)?.bond).toMatchObject({
      mode: 'active-backup',
      miimonMs: 0,
      arpIntervalMs: 100,
      arpTargets: ['10.40.0.254'],
      arpValidate: 'all',
      failOverMac: 'active',
      numGratArp: 3,
      primary: 'eth0',
    });
  });
});

test('any text is parsed or refused as text, never with another failure', () => {
  const refused = (text: string) => {
    try {
      parseIpAddr(text);
      return true;
    } catch (error) {
      return error instanceof SyntaxError || error instanceof TypeError;
    }
  };
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), refused));
  const torn = transcript('debian-13-igb-addr.json');
  fc.assert(fc.property(fc.nat(torn.length), (length) => refused(torn.slice(0, length))));
});
