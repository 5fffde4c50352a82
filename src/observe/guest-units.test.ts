import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUnits } from './guest-units.ts';

/** `systemctl show --property=… UNIT UNIT` of a running unit and of one that is not there (systemctl(1), show). */
const shown = `Result=success
Id=vflane-guest@web.service
LoadState=loaded
ActiveState=active
NeedDaemonReload=no

Result=exit-code
Id=vflane-guest@db.service
LoadState=loaded
ActiveState=failed
NeedDaemonReload=yes
`;

describe('systemctl show', () => {
  test('says of each unit whether it runs, why it does not, and whether systemd knows its file', () => {
    expect([...parseUnits(shown).units]).toEqual([
      ['vflane-guest@web.service', { active: 'active', result: 'success', isStale: false }],
      ['vflane-guest@db.service', { active: 'failed', result: 'exit-code', isStale: true }],
    ]);
  });

  test('that prints nothing knows no unit', () => {
    expect(parseUnits('').units.size).toBe(0);
  });

  test('whatever it prints, a unit has a name and never another one’s state', () => {
    const lines = fc.array(fc.oneof(fc.constantFrom(...shown.split('\n')), fc.string()), { maxLength: 30 });
    fc.assert(
      fc.property(lines, (some) => {
        const { units } = parseUnits(some.join('\n'));
        for (const [id] of units) expect(some).toContain(`Id=${id}`);
      }),
    );
  });
});
