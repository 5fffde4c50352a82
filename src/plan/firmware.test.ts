import { describe, expect, test } from 'vitest';
import { compareVersions, type FirmwareState, firmwarePage, firstPfs } from '../model/firmware.ts';
import type { HostState, PfState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import type { Unseen } from '../model/unseen.ts';
import { adviceFindings } from './firmware-advice.ts';
import type { FirmwareAsked, FirmwareCard } from './firmware-asked.ts';
import { firmwareBudget, firmwareBudgetText } from './firmware-budget.ts';
import { toolFindings } from './firmware-findings.ts';
import { reasonsAgainstReset } from './firmware-in-use.ts';
import { pendingOn, resetText } from './firmware-pending.ts';
import { firmwareWants } from './firmware-wants.ts';

const [one, other] = ['0000:03:00.0', '0000:03:00.1'] as PciAddress[] as [PciAddress, PciAddress];

function pfOf(pci: PciAddress, change: Partial<PfState> = {}): PfState {
  return {
    ...{ pci, present: true, driver: 'mlx5_core', id: '15b3:1019', netdev: 'p0', vfs: [] },
    ...{ autoprobe: true, numVfs: 0, totalVfs: 16 },
    ...change,
  };
}

const setting = (now: number, next = now) => ({ byDefault: 0, now, next });
const healthy: FirmwareState = {
  flash: { psid: 'MT_0000000013', version: '16.35.4554', running: undefined, date: undefined },
  settings: {
    family: 'ConnectX5',
    part: undefined,
    byName: {
      ...{
        SRIOV_EN: setting(1),
        NUM_OF_VFS: setting(16),
        NUM_PF_MSIX: setting(63),
        NUM_VF_MSIX: setting(11),
      },
      ...{ PF_LOG_BAR_SIZE: setting(5), VF_LOG_BAR_SIZE: setting(0) },
    },
  },
  resets: [
    { level: 3, does: 'Driver restart and PCI reset', supported: true, isDefault: true },
    { level: 4, does: 'Warm Reboot', supported: true, isDefault: false },
  ],
};

function cardOf(change: Partial<FirmwareCard> = {}): FirmwareCard {
  return {
    ...{ pci: one, model: 'ConnectX-5 Ex', pfs: [pfOf(one), pfOf(other)], firmware: healthy },
    ...{ window: { bytes: 0, above: 128 * 2 ** 20, msix: undefined }, recovery: false, hasLag: false },
    ...change,
  };
}

const withSettings = (byName: Record<string, ReturnType<typeof setting>>): FirmwareState => ({
  ...healthy,
  settings: { family: undefined, part: undefined, byName },
});
const failing = (why: Unseen): FirmwareState => ({ flash: why, settings: why, resets: why });

describe('why the firmware could not be looked at', () => {
  const refused: Unseen = { unseen: 'exit code 1: mstflint -d 0000:03:00.0 q: -E- Cannot open Device' };
  const told = (card: FirmwareCard, { root = true, lockdown = 'none' as string | Unseen | undefined } = {}) =>
    toolFindings(
      { name: 'alpha', state: { root } as HostState, cards: [card], lockdown },
      { host: 'alpha' },
    ).map(({ code }) => code);

  test.each([
    ['nothing is wrong', cardOf(), {}, []],
    [
      'no mstflint',
      cardOf({ firmware: failing({ unseen: 'no such program', lacks: 'program' }) }),
      {},
      ['VF2200'],
    ],
    [
      'another maker',
      cardOf({ pfs: [pfOf(one, { id: '8086:1521' })], firmware: failing(refused) }),
      {},
      ['VF2201'],
    ],
    ['not root', cardOf({ firmware: failing(refused) }), { root: false }, ['VF2202']],
    ['Secure Boot', cardOf({ firmware: failing(refused) }), { lockdown: 'integrity' }, ['VF2203']],
    ['a tool that refuses', cardOf({ firmware: failing(refused) }), {}, ['VF2204']],
    ['one of them', cardOf({ firmware: { ...healthy, settings: refused } }), {}, ['VF2204']],
    [
      'lockdown unseen',
      cardOf({ firmware: failing(refused) }),
      { lockdown: { unseen: 'EACCES' } },
      ['VF2204'],
    ],
    ['recovery', cardOf({ recovery: true, firmware: failing(refused) }), { root: false }, ['VF2205']],
  ])('%s', (_what, card, around, codes) => expect(told(card, around)).toEqual(codes));
});

describe('what waits', () => {
  test('is what differs between next and now, and the firmware that does not run yet', () => {
    const firmware = {
      ...withSettings({ SRIOV_EN: setting(0, 1), NUM_OF_VFS: setting(8, 32), NUM_VF_MSIX: setting(11) }),
      flash: { psid: 'P', version: '2', running: '1', date: undefined },
    };
    expect(pendingOn(cardOf({ firmware })).map(({ what, now, next }) => [what, now, next])).toEqual([
      ['firmware', '1', '2'],
      ['SRIOV_EN', '0', '1'],
      ['NUM_OF_VFS', '8', '32'],
    ]);
  });

  test('is reported if the card has more VFs than the kernel knows of', () => {
    const firmware = withSettings({ SRIOV_EN: setting(1), NUM_OF_VFS: setting(32) });
    expect(pendingOn(cardOf({ firmware }))).toEqual([{ what: 'sriov_totalvfs', now: '16', next: '32' }]);
  });

  test('is not invented if the present value is unknown', () => {
    const firmware = withSettings({ NUM_OF_VFS: { byDefault: 0, now: undefined as never, next: 32 } });
    expect(pendingOn(cardOf({ firmware }))).toEqual([]);
  });

  test.each([
    ['a new image on a card that can be reset', ['firmware'], [true, true], /--reset/],
    ['one that cannot', ['firmware'], [false, true], /restart it/],
    ['one that knows no reset', ['firmware'], [false, false], /power off and on/],
    [
      'VFs, for which the BIOS finds room',
      ['NUM_OF_VFS'],
      [true, true],
      /Restart the host.*power off and on/,
    ],
  ])('%s', (_what, pending, [pci, warm], says) => {
    const resets = [pci, warm].map((supported, place) => ({
      level: 3 + place,
      does: '',
      supported: supported === true,
      isDefault: false,
    }));
    const card = cardOf({ firmware: { ...healthy, resets } });
    expect(
      resetText(
        card,
        pending.map((what) => ({ what })),
      ),
    ).toMatch(says);
  });
});

describe('the budget', () => {
  test('is the rule of the firmware and the window of the BIOS', () => {
    expect(firmwareBudget(cardOf(), 64)).toEqual({
      ...{ vfs: 64, ports: 2, vectors: 2 * (63 + 64 * 11) },
      ...{ vfMib: 128, allMib: 192, slotMib: 128 },
    });
  });

  test('says what is unknown', () => {
    const card = cardOf({ firmware: withSettings({}), window: { unseen: 'EACCES' }, pfs: [pfOf(one)] });
    expect(firmwareBudgetText(firmwareBudget(card, 8))).toBe(
      '8 VFs on each of 1 port: address space that the card does not tell; what the BIOS gave the slot cannot be read',
    );
  });
});

test.each([
  ['16.35.4554', '16.35.8002', -1],
  ['16.9.1', '16.35.1', -1],
  ['16.35.8002', '16.35.8002', 0],
  ['22.1.0', '16.35.8002', 1],
  ['16.35', '16.35.1', -1],
])('%s beside %s', (left, right, sign) => expect(Math.sign(compareVersions(left, right))).toBe(sign));

describe('what is wanted of several cards', () => {
  const far = '0000:41:00.0' as PciAddress;
  const farCard = cardOf({
    pci: far,
    pfs: [pfOf(far)],
    firmware: {
      ...withSettings({ SRIOV_EN: setting(0), NUM_OF_VFS: setting(0), PF_NUM_OF_VF_VALID: setting(1) }),
      flash: { psid: 'MT_0000000080', version: '16.35.4554', running: undefined, date: undefined },
    },
  });
  const asked = {
    fabric: { source: { file: 'fabric.yaml', places: new Map() } },
    host: { name: 'alpha', vfs: 8 },
    state: { links: [] },
    ledger: emptyLedger,
    cards: [cardOf(), farCard],
    reset: false,
    verbsUsers: [],
    image: {
      file: '/root/new.bin',
      is: { psid: 'MT_0000000080', version: '16.35.8002', running: undefined, date: undefined },
    },
  } as unknown as FirmwareAsked;

  test('is what each lacks; an image goes only into its own board', () => {
    expect(
      firmwareWants(asked).flatMap(({ resource, at, value }) =>
        resource === 'firmware-saved' ? [] : [[at, value]],
      ),
    ).toEqual([
      [far, 'MT_0000000080 16.35.8002'],
      [`${far}/SRIOV_EN`, 1],
      [`${far}/PF_NUM_OF_VF_VALID`, 0],
      [`${far}/NUM_OF_VFS`, 8],
    ]);
    expect(adviceFindings(asked).map(({ code }) => code)).toEqual(['VF2213']);
  });

  test('an image for none of them is refused for each', () => {
    const image = {
      file: '/root/new.bin',
      is: { psid: 'X', version: '1', running: undefined, date: undefined },
    };
    const codes = adviceFindings({ ...asked, image }).map(({ code }) => code);
    expect(codes.filter((code) => code === 'VF2208')).toHaveLength(2);
  });

  test('a reset leaves each with its own firmware', () => {
    const running = {
      ...healthy,
      flash: { psid: 'MT_0000000013', version: '16.35.4554', running: '16.31.1', date: undefined },
    };
    const resets = firmwareWants({ ...asked, cards: [cardOf({ firmware: running }), farCard], reset: true });
    expect(
      resets
        .filter(({ resource }) => resource === 'firmware-reset')
        .map(({ at, value }) => [at, (value as unknown as { version: string }).version]),
    ).toEqual([
      [one, '16.35.4554'],
      [far, '16.35.8002'],
    ]);
  });
});

describe('why a card is not reset', () => {
  const asked = {
    state: { links: [], session: undefined },
    ledger: emptyLedger,
    verbsUsers: [{ path: '/dev/infiniband/rdma_cm', pid: 7, command: 'rdma-ndd' }],
  } as unknown as FirmwareAsked;
  const free = [{ name: 'p0', master: undefined, lower: undefined, addresses: [] }];
  const links = (...more: readonly object[]) =>
    ({ ...asked, state: { links: [...free, ...more], session: 'vlan5' } }) as unknown as FirmwareAsked;

  test('nothing uses it', () => expect(reasonsAgainstReset(asked, cardOf())).toEqual([]));

  test.each([
    [
      'DPDK',
      { ...asked, verbsUsers: [{ path: '/dev/infiniband/uverbs0', pid: 9, command: 'ovs-vswitchd' }] },
      {},
      /ovs-vswitchd \(pid 9\)/,
    ],
    ['it cannot be told', { ...asked, verbsUsers: { unseen: 'EACCES' } }, {}, /cannot be read: EACCES/],
    [
      'nor can links',
      { ...asked, state: { links: { unseen: 'no ip' } } } as FirmwareAsked,
      {},
      /cannot be read: no ip/,
    ],
    ['nor can VFs', asked, { pfs: [pfOf(one, { numVfs: { unseen: 'EIO' } })] }, /cannot be read: EIO/],
    ['a driver of DPDK’s', asked, { pfs: [pfOf(one, { driver: 'vfio-pci' })] }, /driven by vfio-pci/],
    [
      'it cannot be reset',
      asked,
      { firmware: { ...healthy, resets: { unseen: 'no mstfwreset' } } },
      /level 3/,
    ],
    [
      'the operator’s own way, over a VLAN of a bond',
      {
        ...asked,
        state: {
          session: 'vlan5',
          links: [
            { name: 'p0', master: 'bond0', addresses: [] },
            { name: 'bond0', addresses: [] },
            { name: 'vlan5', lower: 'bond0', addresses: [] },
          ],
        },
      } as unknown as FirmwareAsked,
      {},
      /connected over p0; p0 is a port of bond0/,
    ],
    [
      'the operator’s own way, over a VLAN',
      links({ name: 'vlan5', lower: 'p0', addresses: [] }),
      {},
      /connected over p0/,
    ],
  ] as const)('%s', (_what, of, card, says) =>
    expect(
      reasonsAgainstReset(of as FirmwareAsked, cardOf({ pfs: [pfOf(one)], ...card })).join('; '),
    ).toMatch(says),
  );
});

test('each card is queried through its first port', () => {
  const far = '0001:03:00.1' as PciAddress;
  expect(firstPfs([other, far, one])).toEqual([one, far]);
});

test('an unknown model leads to the page of all models', () => {
  expect([firmwarePage('ConnectX-5 Ex'), firmwarePage(undefined)]).toEqual([
    'https://network.nvidia.com/support/firmware/connectx5en/',
    'https://network.nvidia.com/support/firmware/firmware-downloads/',
  ]);
});
