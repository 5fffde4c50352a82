import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Guarded, underlayGuard } from '../src/datapath/underlay-guard.ts';
import { asIfName } from '../src/model/names.ts';
import { nftTables, replaceNftTable } from '../src/model/nft-table.ts';
import { parseNftTable } from '../src/observe/nft.ts';
import { known } from './support/overlay.ts';

const env = { ...process.env, PATH: `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin` };
const senders = join(import.meta.dirname, 'support/senders.mjs');

/** Runs a script in a network namespace that ends with it; `$1`, `$2`, … are the words. */
function apart(script: string, ...words: readonly string[]): string {
  const argv = ['--map-root-user', '--net', 'sh', '-euc', script, 'sh', ...words];
  return execFileSync('unshare', argv, { env, encoding: 'utf8', timeout: 10_000, stdio: 'pipe' });
}

function missingNft(): string | undefined {
  try {
    apart('nft list tables; ip link set lo up');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const missing = missingNft();
if (missing) console.warn(`skipped: the guard of the underlay on real nftables: ${missing}`);

const [lo, port, odd] = ['lo', 'web-0df1', '1_a.b-c'].map((name) => known(asIfName(name)));
const overlay4: Guarded = {
  local: '192.168.9.1',
  peers: ['192.168.9.3', '192.168.9.2'],
  deaf: [port, odd].map(known),
  kernel: { netdev: lo },
};
const overlay6: Guarded = { ...overlay4, local: 'fd09::1', peers: ['fd09:0:0::3', 'fd09::2'] };

describe.skipIf(missing)('the guard of the underlay on real nftables', () => {
  /** One transaction. */
  const textOf = (guarded: Guarded): string =>
    Object.entries(underlayGuard(guarded))
      .flatMap(([table, lines]) => replaceNftTable(table, lines))
      .map((line) => `${line}\n`)
      .join('');
  const { packets } = nftTables;
  const loaded = (first: string, second = first, table: string = packets) => {
    const script = 'echo "$1" | nft -f -; echo "$2" | nft -f -; nft -j list table $3';
    return parseNftTable(apart(script, first, second, table), table);
  };

  test.each([
    ['IPv4', overlay4],
    ['IPv6', overlay6],
    ['no peers, and no netdev that is known', { ...overlay4, peers: [], kernel: { netdev: undefined } }],
    ['no tunnels of the kernel’s', { ...overlay4, kernel: undefined }],
  ])('%s: what was written is what is listed, written twice too', (_what, guarded) => {
    const text = textOf(guarded as Guarded);
    for (const [table, lines] of Object.entries(underlayGuard(guarded as Guarded)))
      expect(loaded(text, text, table)).toEqual(lines);
  });

  test('a table changed by hand is recognized, and replaced as a whole', () => {
    const byHand = `${textOf(overlay4)}insert rule inet vflane underlay accept\n`;
    expect(loaded(byHand)).not.toEqual(underlayGuard(overlay4)[packets]);
    expect(loaded(byHand, textOf(overlay6))).toEqual(underlayGuard(overlay6)[packets]);
  });

  test('removing the table leaves the others', () => {
    const mine = 'add table inet mine\n';
    const left = apart(
      'echo "$1" | nft -f -; echo "$2" | nft -f -; echo "$2" | nft -f -; nft list tables',
      mine + textOf(overlay4),
      Object.values(nftTables)
        .flatMap((table) => replaceNftTable(table, []))
        .join('\n'),
    );
    expect(left.trim()).toBe('table inet mine');
  });

  /** Which of a peer's, a stranger's and this host's datagrams reach the tunnel address. */
  function heard(overlay: Guarded, port = 4789): unknown {
    const { local } = overlay;
    const [peer = local] = overlay.peers;
    const stranger = peer.replace('3', '66');
    const addresses = [local, peer, stranger];
    const script = `
      ip link set lo up
      for address in ${addresses.join(' ')}; do ip address add "$address" dev lo nodad; done
      echo "$1" | nft -f -
      exec "$2" "$3" "$4"`;
    const told = JSON.stringify({ to: local, from: [peer, stranger, local], port });
    return JSON.parse(apart(script, textOf(overlay), process.execPath, senders, told));
  }

  test('VXLAN comes in from the fabric’s hosts only; other ports are not filtered', () => {
    expect(heard(overlay4)).toEqual(['192.168.9.3']);
    expect(heard({ ...overlay6, peers: ['fd09::3'] })).toEqual(['fd09::3']);
    expect(heard(overlay4, 4790)).toEqual(['192.168.9.3', '192.168.9.66', '192.168.9.1']);
  });

  test('through any netdev but the tunnels’ it never comes in, whatever its address', () => {
    expect(heard({ ...overlay4, kernel: { netdev: port } })).toEqual([]);
    expect(heard({ ...overlay4, kernel: { netdev: undefined } })).toEqual(['192.168.9.3']);
  });
});
