import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explained } from '../model/catalogue.ts';
import { parseDmesg } from '../model/kernel-log.ts';
import { kernelWords, kernelWordsFor } from '../model/kernel-words.ts';
import { memorySim } from '../sim/open-sim.ts';
import { makeVfs } from '../sim/testing/tell.ts';
import { kernelSaid, relevantIn } from './kernel-said.ts';

const at = (atS: number, text: string) => ({ atS, text });

describe('what the kernel logged while a step failed', () => {
  test('is what came after its start, explained if it is known', async () => {
    const host = memorySim({ kernel: 'doca' });
    await makeVfs(host, 1);
    await host.writeFile('/sys/bus/pci/devices/0000:03:00.2/driver_override', 'mlx5_core');
    await host.writeFile('/sys/bus/pci/drivers_probe', '0000:03:00.2');
    await host.clock.sleep(60_000);
    const startedAt = host.clock.now();
    await host
      .run(['devlink', 'dev', 'eswitch', 'set', 'pci/0000:03:00.0', 'mode', 'switchdev'])
      .catch(() => {});
    await host.clock.sleep(100);
    const said = await kernelSaid(host, host.clock.now() - startedAt);
    expect(said.at(-1)).toMatchObject({
      code: 'VF2130',
      means: expect.stringContaining('unbind every VF first'),
    });
    expect(said.map(({ line }) => line).join('\n')).toContain('syndrome (0x98afbb)');
    await host.clock.sleep(60_000);
    expect(await kernelSaid(host, 100)).toEqual([]);
  });

  test('is nothing if the log may not be read', async () => {
    expect(await kernelSaid(memorySim({ uid: 1000 }), 60_000)).toEqual([]);
  });

  test('is only the lines with a known meaning; without such, those about a card', () => {
    const lines = [at(1, 'usb 1-1: new device'), at(2, 'mlx5_core 0000:03:00.0: lag map: port 1:1 port 2:1')];
    expect(relevantIn(lines, 0)).toEqual([{ line: lines[1]?.text }]);
    const failed = at(3, 'mlx5_core 0000:03:00.0: Failed to activate VF LAG');
    expect(relevantIn([...lines, failed], 0).map(({ line }) => line)).toEqual([failed.text]);
  });
});

test('each message has its own catalogue entry', () => {
  for (const { code, words } of kernelWords)
    expect({ words, known: explained(code) !== undefined }).toMatchObject({ known: true });
  expect(kernelWordsFor('mlx5_core 0000:03:00.0: lag map: port 1:1 port 2:1')).toBeUndefined();
});

test('any text of dmesg is read or refused, and never anything else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((json) => `{"dmesg":${json}}`),
      ),
      (text) => {
        try {
          relevantIn(parseDmesg(text), 0);
        } catch (error) {
          expect(error instanceof SyntaxError || error instanceof TypeError).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});
