import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSettings } from './mstconfig.ts';
import { parseFlash } from './mstflint.ts';
import { parseResets } from './mstfwreset.ts';

/**
 * Forms of mstflint's own source: 4.21 is Debian 12's, 4.31 Debian 13's (flint/subcommands.cpp, printInfo;
 * mlxconfig/mlxcfg_ui.cpp, printConfHeader and printSingleParam; small_utils/mlxfwresetlib/cmd_reg_mfrl.py, query_text). The
 * values of the first are a real ConnectX-5's.
 */
const flash = `Image type:            FS4
FW Version:            16.31.2006
FW Version(Running):   16.31.1014
FW Release Date:       31.8.2021
Product Version:       16.31.2006
Rom Info:              type=UEFI version=14.24.15 cpu=AMD64
                       type=PXE version=3.6.404 cpu=AMD64
Description:           UID                GuidsNumber
Base GUID:             ec0d9a0300c152e4        8
Base MAC:              ec0d9ac152e4            8
Image VSD:             N/A
Device VSD:            N/A
PSID:                  MT_0000000012
Orig PSID:             MT_0000000013
Security Attributes:   N/A
`;

const of421 = (values: readonly (readonly [string, string, string, string, string?])[]) => `
Device #1:
----------

Device type:    ConnectX5       
Name:           MCX516A-CDA_Ax_Bx
Description:    ConnectX-5 Ex EN network interface card; 100GbE dual-port QSFP28; PCIe4.0 x16; tall bracket
Device:         0000:03:00.0    

${'Configurations:'.padEnd(16)}${'Default'.padStart(36)}${'Current'.padStart(16)}${'Next Boot'.padStart(18)}
${values.map(([name, one, two, three, mark = ' ']) => `${mark}        ${name.padEnd(36)}${one.padEnd(16)}${two.padEnd(16)}${three.padEnd(16)}`).join('\n')}
The '*' shows parameters with next value different from default/current value.
`;

const of431 = `
Device #1:
----------

Device type:        ConnectX5           
Name:               N/A                 
Description:        N/A                 
Device:             0000:03:00.0        

Configurations:                                          Default             Current         Next Boot
 RO     PCI_SWITCH0_EMULATION_NUM_PORT              0                   0                   0                   
*       NUM_OF_VFS                                  0                   16                  32                  
        LAG_RESOURCE_ALLOCATION                     DEVICE_DEFAULT(0)   DEVICE_DEFAULT(0)   DEVICE_DEFAULT(0)   
*       SRIOV_EN                                    False(0)            True(1)             True(1)             
        HOST_CHAINING_DESCRIPTORS                   Array[0..7]         Array[0..7]         Array[0..7]         
        LOG_MAX_QUEUE[0]                            17                  17                  17                  
The '*' shows parameters with next value different from default/current value.

The 'RO' shows parameters which are for read only and cannot be changed
`;

/** What query_text of each release's own package prints of a register with levels 3 and 4: run, without a card. */
const resets = `Reset-levels:
0: Driver, PCI link, network link will remain up ("live-Patch")  -Not Supported 
3: Driver restart and PCI reset                                  -Supported     (default)
4: Warm Reboot                                                   -Supported     

Reset-types (relevant only for reset-levels 3,4):
0: Full chip reset                                               -Supported     (default)
1: Phy-less reset (keep network port active during reset)        -Not Supported 
2: NIC only reset (for SoC devices)                              -Not Supported 

Reset-sync (relevant only for reset-level 3):
0: Tool is the owner                                             -Supported     (default)
1: Driver is the owner                                           -Not supported 
`;

const resetsOf431 = `Reset-levels:
0: Driver, PCI link, network link will remain up ("live-Patch")  -Not Supported 
1: Only ARM side will not remain up ("Immediate reset").         -Not Supported 
3: Driver restart and PCI reset                                  -Supported     (default)
4: Warm Reboot                                                   -Supported     

Reset-types (relevant only for reset-levels 1,3,4):
0: Full chip reset                                               -Supported     (default)
1: Phy-less reset (keep network port active during reset)        -Not Supported 
2: NIC only reset (for SoC devices)                              -Not Supported 
3: ARM only reset                                                -Not Supported 
4: ARM OS shut down                                              -Not Supported 
`;

/** NVIDIA's documentation of mstflint 4.30, "Examples of mstconfig Usage": a ConnectX-4 Lx, and a card without defaults. */
const documented = `Device #1:
----------
Device type:    ConnectX4LX
PCI device:     41:00.0

Configurations:                      Default         Current         Next Boot
*        NUM_OF_VFS                  8               5               5
         SRIOV_EN                    True(1)         True(1)         True(1)
The '*' shows parameters with next value different from default/current value.
`;

/** Where there is no card, no image, or a file that is none: 4.21 of Debian 12 and 4.31 of Debian 13 were run, and end with 1 or 3. */
const refusals = [
  ['mstflint', parseFlash, '-E- Cannot open Device: 0000:03:00.0. No such file or directory. MFE_CR_ERROR'],
  ['mstflint', parseFlash, '-E- Cannot open Device: 0000:03:00.0. '],
  ['mstflint', parseFlash, '-E- Cannot open Image: /tmp/z.img. Invalid Firmware Format (found FS Gen 1)'],
  ['mstconfig', parseSettings, '-E- Failed to open the device'],
  [
    'mstfwreset',
    parseResets,
    '-E- Failed to Identify Device: 0000:03:00.0, mopen: No such file or directory\n.',
  ],
] as const;

test.each(refusals)('%s prints its error on stdout, which is not an answer', (tool, parse, said) => {
  expect(() => parse(`${said}\n`)).toThrow(`${tool} printed no`);
});

describe('mstflint q', () => {
  test('says board, flash and what runs', () => {
    expect(parseFlash(flash)).toEqual({
      psid: 'MT_0000000012',
      version: '16.31.2006',
      running: '16.31.1014',
      date: '31.8.2021',
    });
  });

  test('of an image nothing runs', () => {
    expect(parseFlash(flash.replace(/FW Version\(Running\).*\n/, '')).running).toBeUndefined();
  });

  test.each([
    ['', 'nothing'],
    ['-E- Cannot open Device: 03:00.0. No such file or directory\n', 'an error'],
    [flash.replace('MT_0000000012', '../../etc/passwd'), 'a PSID that is a path'],
    [flash.replace(/^PSID.*\n/m, ''), 'no PSID'],
  ])('%j is not firmware: %s', (text) => expect(() => parseFlash(text)).toThrow(TypeError));
});

describe('mstconfig -e q', () => {
  test('4.21 and 4.31 have columns of other widths', () => {
    const same = { byDefault: 0, now: 16, next: 32 };
    const old = parseSettings(
      of421([
        ['NUM_OF_VFS', '0', '16', '32', '*'],
        ['SRIOV_EN', 'False(0)', 'True(1)', 'True(1)', '*'],
      ]),
    );
    expect(old).toMatchObject({
      family: 'ConnectX5',
      part: 'MCX516A-CDA_Ax_Bx',
      byName: { NUM_OF_VFS: same },
    });
    expect(parseSettings(of431)).toMatchObject({
      part: undefined,
      byName: {
        NUM_OF_VFS: same,
        SRIOV_EN: { byDefault: 0, now: 1, next: 1 },
        LAG_RESOURCE_ALLOCATION: { next: 0 },
        PCI_SWITCH0_EMULATION_NUM_PORT: { next: 0 },
        'LOG_MAX_QUEUE[0]': { next: 17 },
        HOST_CHAINING_DESCRIPTORS: { next: 'Array[0..7]' },
      },
    });
  });

  test('as NVIDIA documents it', () => {
    expect(parseSettings(documented)).toEqual({
      family: 'ConnectX4LX',
      part: undefined,
      byName: {
        NUM_OF_VFS: { byDefault: 8, now: 5, next: 5 },
        SRIOV_EN: { byDefault: 1, now: 1, next: 1 },
      },
    });
  });

  test('a card that does not tell its defaults has fewer columns', () => {
    const text =
      'Configurations:                                              Next Boot\n         NUM_OF_VFS                          8\n';
    expect(parseSettings(text).byName).toEqual({
      NUM_OF_VFS: { byDefault: undefined, now: undefined, next: 8 },
    });
  });

  test('an unknown value is not a value', () => {
    const [row] = Object.values(parseSettings(of421([['NUM_OF_VFS', 'N/A', 'N/A', '8']])).byName);
    expect(row).toEqual({ byDefault: undefined, now: undefined, next: 8 });
  });

  test.each(['', '-E- Failed to open device: 03:00.0. Cannot open device\n', 'Configurations:\n'])(
    '%j is not a table',
    (text) => expect(() => parseSettings(text)).toThrow(TypeError),
  );
});

describe('mstfwreset q', () => {
  test('has levels, and other lines below them', () => {
    expect(
      parseResets(resets).map(({ level, supported, isDefault }) => [level, supported, isDefault]),
    ).toEqual([
      [0, false, false],
      [3, true, true],
      [4, true, false],
    ]);
    expect(parseResets(resets)[1]?.does).toBe('Driver restart and PCI reset');
    expect(parseResets(resetsOf431).filter(({ supported }) => supported)).toEqual(
      parseResets(resets).filter(({ supported }) => supported),
    );
    expect(parseResets(resetsOf431).map(({ level }) => level)).toEqual([0, 1, 3, 4]);
  });

  test('an error is not a list', () => {
    expect(() => parseResets('-E- Failed to open device: 03:00.0\n')).toThrow(TypeError);
  });
});

/** Parts of real texts, cut and put together anyhow. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...[flash, of431, resets, resetsOf431, documented].flatMap((text) => text.split('\n')),
      '*',
      'Configurations:',
      'PSID:',
    ),
    fc.string(),
  ),
  { maxLength: 40 },
);

describe('whatever is printed', () => {
  test.each([
    ['mstflint', parseFlash],
    ['mstconfig', parseSettings],
    ['mstfwreset', parseResets],
  ] as const)('%s is read or refused', (_name, parse) => {
    fc.assert(
      fc.property(pieces, (lines) => {
        try {
          parse(lines.join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a setting that was printed is read back, however wide its columns', () => {
    const value = fc.oneof(fc.nat(1000).map(String), fc.constantFrom('True(1)', 'False(0)', 'ETH(2)'));
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 60 }), (now, next, width) => {
        const row = ['NUM_OF_VFS', '0', now, next].map((word) => word.padEnd(width)).join(' ');
        const text = `Configurations: Default Current Next Boot\n*  ${row}\n`;
        const number = (word: string) => Number(/\((\d+)\)/.exec(word)?.[1] ?? word);
        expect(parseSettings(text).byName.NUM_OF_VFS).toEqual({
          byDefault: 0,
          now: number(now),
          next: number(next),
        });
      }),
    );
  });
});
