import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AttributeWriter } from './kernel-attribute.ts';

describe.each([
  ['Perl', true],
  ['Node, where there is no Perl', false],
])('kernel attributes written by %s', (_by, hasPerl) => {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-attribute-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const writer = new AttributeWriter(() => undefined, hasPerl);
  const write = (path: string, text: string) => writer.write(path, text, 20_000);

  it('write the given bytes exactly, whatever is in them or in the path', async () => {
    const path = join(folder, 'a b’s\t$x');
    writeFileSync(path, 'what was there before is longer');
    expect(await write(path, "0000:03:00.2 'ü' $HOME\\n")).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe("0000:03:00.2 'ü' $HOME\\n");
  });

  it('fail with the kernel’s own errno', async () => {
    expect(await write(join(folder, 'none'), '1')).toBe('ENOENT');
    expect(await write(folder, '1')).toBe('EISDIR');
    expect(await write('/dev/full', '1')).toBe('ENOSPC');
  });
});
