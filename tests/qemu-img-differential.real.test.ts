import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { simExec } from '../src/cli/sim.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import { does } from '../src/sim/testing/tell.ts';

const program = 'qemu-img';
const missing = spawnSync(program, ['--version']).status === 0 ? undefined : 'it is in qemu-utils';
if (missing !== undefined)
  process.stderr.write(`skipped: the simulated qemu-img against the real one: ${missing}\n`);

const folder = mkdtempSync(join(tmpdir(), 'vflane-images-'));
const volume = (name: string) =>
  `json:{"driver":"vvfat","dir":"${folder}/${name}","label":"CIDATA","floppy":true}`;

/** Command lines in order; `@` stands for the folder. */
const lines: readonly (readonly string[])[] = [
  ...[
    'create -f qcow2 @/base.qcow2 3G',
    'create -q -f qcow2 -F qcow2 -b @/base.qcow2 @/over.qcow2 8G',
    'create -f qcow2 -F qcow2 -b base.qcow2 @/near.qcow2',
    'create -f qcow2 -b @/base.qcow2 @/none.qcow2',
    'create -f qcow2 -F qcow2 -b @/nosuch.qcow2 @/none.qcow2',
    'create -f qcow2 @/none.qcow2',
    'create -f bogus @/none.qcow2 1G',
    'create -f qcow2 @/none.qcow2 12x',
    'create -f qcow2 @/nosuch/none.qcow2 1G',
    'create -f raw @/raw.img 1G',
    'info --output=json @/base.qcow2',
    'info -U --output=json @/over.qcow2',
    'info --output=json @/near.qcow2',
    'info --output=json @/raw.img',
    'info --output=json @/plain.txt',
    'info --output=json @/nosuch.qcow2',
    'info @',
    'info',
    'info --bogus x',
    'bogus',
    'resize @/over.qcow2 10G',
    'resize @/over.qcow2 9G',
    'resize @/nosuch.qcow2 9G',
  ].map((line) => line.replaceAll('@', folder).split(' ')),
  ['convert', '-O', 'raw', volume('seed'), `${folder}/seed.img`],
  ['convert', '-O', 'raw', volume('none'), `${folder}/none.img`],
  ['info', '--output=json', `${folder}/seed.img`],
];

/** Without an image's size on disk, which depends on the file system. */
function plain(text: string): string {
  return text.replace(/"actual-size": \d+/g, '"actual-size": 0').replace(/^disk size: .*$/gm, 'disk size: 0');
}

describe.skipIf(missing !== undefined)('the simulated qemu-img answers as the real one', () => {
  const host = memorySim();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(lines)('%s %s %s', async (...argv) => {
    if (!host.state.files[`${folder}/plain.txt`]) {
      await does(host, `mkdir -p ${folder}/seed`);
      spawnSync('mkdir', ['-p', `${folder}/seed`]);
      for (const [name, text] of [
        ['plain.txt', 'hello\n'],
        ['seed/meta-data', 'a\n'],
      ] as const) {
        writeFileSync(join(folder, name), text);
        await host.writeFile(`${folder}/${name}`, text);
      }
    }
    const { stdout, stderr, status } = spawnSync(program, argv, { encoding: 'utf8', timeout: 20_000 });
    const told = await simExec(host, [program, ...argv]);
    const json = (text: string) => (text.startsWith('{') ? JSON.parse(plain(text)) : plain(text));
    expect({ ...told, stdout: json(told.stdout) }).toEqual({
      stdout: json(stdout),
      stderr: plain(stderr),
      code: status,
    });
  });
});
