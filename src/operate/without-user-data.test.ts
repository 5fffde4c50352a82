import { describe, expect, it } from 'vitest';
import type { TranscriptEntry } from '../host/transcript.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Sections } from '../observe/observe.ts';
import { heldWithoutUserData, withoutUserData } from './without-user-data.ts';

const script = '#!/bin/sh\necho root:S3cret | chpasswd\n';
const machines = { guests: ['db'], domains: [], images: [], userData: ['/root/db.sh'], programs: [] };
const sections = { machines } as unknown as Sections;
const read = (path: string, answer: string): TranscriptEntry => ({ ask: ['read', path], answer });

describe('what is kept of a host', () => {
  it('contains nothing of what a guest is told at its first start, whatever form that has', () => {
    const entries = [
      read('/root/db.sh', script),
      read('/var/lib/vflane/guests/db/seed/user-data', `## template: jinja\n${script}`),
    ];
    const held: readonly LedgerEntry[] = [
      { resource: 'vm-seed', at: 'db', value: { 'user-data': script }, was: { 'user-data': script } },
    ];
    const kept = JSON.stringify([withoutUserData(entries, sections), heldWithoutUserData(held)]);
    expect(kept).not.toContain('S3cret');
    expect(kept.match(/#cloud-config/g)).toHaveLength(4);
  });

  it('contains no public key, but what surrounds one', () => {
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${'J'.repeat(43)} jane@laptop`;
    const document = JSON.stringify({ text: `keys:\n  - "${key}"\n`, more: 1 }, null, 1);
    const [entry] = withoutUserData([read('/var/lib/vflane/boot/host.json', document)], sections);
    const answer = String(entry?.answer);
    expect(answer).not.toMatch(/AAAA|jane/);
    expect(JSON.parse(answer)).toEqual({ text: 'keys:\n  - "ssh-ed25519 removed"\n', more: 1 });
  });

  it('keeps every other answer, even a refusal', () => {
    const entries: readonly TranscriptEntry[] = [
      read('/var/lib/vflane/guests/db/seed/meta-data', 'instance-id: vflane-db\n'),
      { ask: ['read', '/root/db.sh'], error: { kind: 'errno', argv: [], errno: 'ENOENT' } },
      { ask: ['query', 'ip', '-j', 'link'], answer: { stdout: '[]', stderr: '' } },
    ];
    expect(withoutUserData(entries, sections)).toEqual(entries);
  });
});
