import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { vflaneHere } from './support/command-line.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'vflane-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Code blocks of the worked example, in order: the file, the plan, what `apply` says, what `verify` says. */
const [file = '', plan = '', applied = '', apart = ''] = [
  ...readme.slice(readme.indexOf('## A worked example')).matchAll(/```(?:yaml)?\n([\s\S]*?)```/g),
].map(([, text]) => text ?? '');

const withoutId = (text: string) => text.replaceAll(/plan \d{8}-\d{6}-\w+/g, 'plan ID');

async function says(line: string): Promise<string> {
  return withoutId((await vflaneHere(line.split(' '), folder)).stdout);
}

/** The output up to the last line that `block` shows; `…` stands for omissions, and a plan's id differs each time. */
function holds(said: string, block: string): void {
  let from = 0;
  for (const piece of withoutId(block).split(/^ *…\n/m)) {
    const at = said.indexOf(piece, from);
    expect(at < 0 ? said.slice(from) : piece).toBe(piece);
    from = at + piece.length;
  }
}

test('README.md shows what vflane prints', async () => {
  writeFileSync(join(folder, 'fabric.yaml'), file);
  holds(await says('plan'), plan);
  holds(await says('apply --yes'), applied);
  await says('sim exec alpha -- ip link set dev enp3s0f0np0 vf 0 vlan 99');
  expect(await says('verify')).toBe(apart);
});
