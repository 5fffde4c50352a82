import { describe, expect, test } from 'vitest';
import { readHostCidr, readSubnet } from './address.ts';
import { readConnect } from './connect.ts';
import { isWrong, quoted } from './grammar.ts';
import { didYouMean, distance, nearest } from './nearest.ts';
import { readDisk, readMemory, readRate } from './quantity.ts';

describe('connect', () => {
  test.each([
    ['local', { kind: 'local' }],
    ['alpha', { kind: 'ssh', destination: 'alpha' }],
    ['root@alpha.example.org', { kind: 'ssh', destination: 'root@alpha.example.org' }],
    ['root@fd00::1', { kind: 'ssh', destination: 'root@fd00::1' }],
    ['ssh://root@alpha:2222', { kind: 'ssh', destination: 'ssh://root@alpha:2222' }],
    ['ssh://[fd00::1]:22', { kind: 'ssh', destination: 'ssh://[fd00::1]:22' }],
    ['lab:alpha', { kind: 'lab', machine: 'alpha' }],
    ['sim:connectx5', { kind: 'sim', card: 'connectx5', kernel: 'debian-13', numOfVfs: 16 }],
    ['sim:connectx5/doca?num-of-vfs=127', { kind: 'sim', card: 'connectx5', kernel: 'doca', numOfVfs: 127 }],
    ['sim:connectx5?num-of-vfs=4', { kind: 'sim', card: 'connectx5', kernel: 'debian-13', numOfVfs: 4 }],
    ['sim:plain', { kind: 'sim', card: 'plain', kernel: 'debian-13', numOfVfs: 0 }],
    ['sim:igb/debian-12', { kind: 'sim', card: 'igb', kernel: 'debian-12', numOfVfs: 7 }],
  ])('%s', (text, value) => {
    expect(readConnect(text)).toEqual({ value });
  });

  test.each([
    '',
    '-oProxyCommand=touch /tmp/x',
    'root@-oProxyCommand=x',
    '-l@alpha',
    'alpha;reboot',
    'alpha$(id)',
    '`id`@alpha',
    'a b',
    'root@al\npha',
    'root@alpha\u0000',
    'root@@alpha',
    'root@alpha/../..',
    '../alpha',
    'al%pha',
    'fe80::1%eth0',
    'ssh://root@alpha:99999',
    'ssh://root@alpha:0',
    'ssh://-oX@alpha',
    'ssh://alpha/path',
    'ssh://',
    'lab:',
    'lab:../x',
    'lab:-x',
    'sim:',
    'sim:connectx5/',
    'sim:connectx5/windows',
    'sim:constructor',
    'sim:connectx5?num-of-vfs=0',
    'sim:connectx5?num-of-vfs=128',
    'sim:connectx5?num-of-vfs=16&x=1',
    'sim:igb?num-of-vfs=8',
    'sim:plain?num-of-vfs=1',
    'sim:connectx5?',
  ])('refuses %j', (text) => {
    expect(isWrong(readConnect(text))).toBe(true);
  });

  test.each([
    ['root@alpha:2222', 'write ssh://root@alpha:2222'],
    ['sim:conectx5', 'did you mean "connectx5"? write connectx5, igb or plain'],
    ['sim:connectx5/debian13', 'did you mean "debian-13"?'],
    ['smi:connectx5', 'did you mean "sim"?'],
    ['sim:igb?num-of-vfs=8', 'N from 1 to 7'],
  ])('suggests what %s was meant to be', (text, hint) => {
    const read = readConnect(text);
    expect(isWrong(read) && read.hint).toContain(hint);
  });
});

describe('amounts', () => {
  test.each([
    ['8G', 8192],
    ['512M', 512],
    ['1T', 1048576],
    ['1.5GiB', 1536],
    ['2 GB', 2048],
  ])('%s of memory', (text, value) => {
    expect(readMemory(text)).toEqual({ value });
  });
  test.each(['8', '0M', '1.0001G', '17T', '-1G', '8K', '8g', '1e3M', '8G;x'])('%s is refused', (text) => {
    expect(isWrong(readMemory(text))).toBe(true);
  });
  test.each([
    [0, 0],
    [250, 250],
    ['10G', 10_000],
    ['2.5Gbit/s', 2_500],
    ['500 Mbps', 500],
  ])('a rate of %s', (given, value) => {
    expect(readRate(given)).toEqual({ value });
  });
  test.each([-1, 0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, '801G', '1.00001G', 'fast', '10K'])(
    'no rate of %s',
    (given) => {
      expect(isWrong(readRate(given))).toBe(true);
    },
  );
  test.each(['debian-13.qcow2', '/srv/images/a_b+c.raw'])('%s is a disk', (text) => {
    expect(readDisk(text)).toEqual({ value: text });
  });
  test.each(['-drive', '../x', 'a/../b', 'a,readonly=off', 'a b', 'a\nb', '', 'https://x/y'])(
    '%j is none',
    (text) => {
      expect(isWrong(readDisk(text))).toBe(true);
    },
  );
});

describe('addresses', () => {
  test.each([
    ['10.0.0.1/31', '10.0.0.1/31'],
    ['10.0.0.0/32', '10.0.0.0/32'],
    ['2001:DB8::A/64', '2001:db8::a/64'],
    ['fd00::/127', 'fd00::/127'],
    ['::ffff:10.0.0.1/104', '10.0.0.1/8'],
  ])('%s is %s', (text, expected) => {
    const read = readHostCidr(text);
    expect(isWrong(read) ? read.wrong : read.value.text).toBe(expected);
  });
  test.each([
    '10.0.0/24',
    '10.1/8',
    '0x0a000001/8',
    '167772161/8',
    '10.0.0.1/',
    '10.0.0.1/024',
    '10.0.0.1/24/24',
    '10.0.0.1/-1',
    '127.0.0.1/8',
    '0.0.0.0/0',
    '255.255.255.255/32',
    '::1/128',
    'ff02::1/64',
    'fe80::1/64',
    'fd00::1%eth0/64',
    '::ffff:10.0.0.1/64',
    'fd00::/64',
    '10.0.0.255/24',
    ' 10.0.0.1/24',
  ])('%j is not an address that a guest may have', (text) => {
    expect(isWrong(readHostCidr(text))).toBe(true);
  });
  test.each(['0.0.0.0/0', '224.0.0.0/4', '10.0.0.1/8', 'fe80::/64'])('%s is not a subnet', (text) => {
    expect(isWrong(readSubnet(text))).toBe(true);
  });
});

describe('what was meant', () => {
  test('is a few steps away', () => {
    expect(distance('storge', 'storage')).toBe(1);
    expect(distance('netowrk', 'network')).toBe(1);
    expect(distance('abc', '')).toBe(3);
    expect(nearest('gatway', ['mtu', 'gateway', 'dns'])).toBe('gateway');
    expect(didYouMean('MTU', ['mtu'])).toBe('did you mean "mtu"? ');
  });
  test('is nothing if nothing is near', () => {
    expect(nearest('colour', ['name', 'hosts', 'networks'])).toBeUndefined();
    expect(nearest('x'.repeat(10_000), ['y'.repeat(10_000)])).toBeUndefined();
  });
});

test('a quoted text moves no cursor and has an end', () => {
  expect(quoted('a\u001b[2Jb\u202ec\u009b')).toBe('"a\\u001b[2Jb\\u202ec\\u009b"');
  expect(quoted('x'.repeat(1000)).length).toBeLessThan(70);
});
