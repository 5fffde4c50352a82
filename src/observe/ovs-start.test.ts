import { expect, test } from 'vitest';
import { HostError, type HostReader } from '../host/host.ts';
import { observeOvsStart } from './ovs-start.ts';

const folder = '/var/lib/vflane/ovs-flows';
const dropIn = '/etc/systemd/system/ovs-vswitchd.service.d/vflane.conf';

/** A host with these files, and an errno for each path that cannot be looked at. */
function host(files: { readonly [path: string]: string }, errnos: { readonly [path: string]: string } = {}) {
  const fail = (path: string): never => {
    throw new HostError({ kind: 'errno', host: 'h', argv: ['read', path], errno: errnos[path] ?? 'ENOENT' });
  };
  const names = Object.keys(files).flatMap((path) =>
    path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [],
  );
  const refuse = async () => fail('a command');
  return {
    name: 'h',
    readFile: async (path: string) => files[path] ?? fail(path),
    listDir: async (path: string) => (names.length > 0 && errnos[path] === undefined ? names : fail(path)),
    readLink: refuse,
    query: refuse,
    openFiles: refuse,
  } satisfies HostReader;
}

test('a host where vflane never was has nothing, which is not the same as unseen', async () => {
  expect(await observeOvsStart(host({}))).toEqual({ dropIn: null, script: null, flows: {} });
});

test('the flows of each bridge are its file, and a half-written one is not a bridge', async () => {
  const files = {
    [dropIn]: '[Service]\n',
    [`${folder}/put-back.sh`]: '#!/bin/sh\n',
    [`${folder}/br-a.flows`]: 'priority=1 actions=drop\n',
    [`${folder}/.br-b.flows.0123.new`]: 'prio',
  };
  expect(await observeOvsStart(host(files))).toEqual({
    dropIn: '[Service]\n',
    script: '#!/bin/sh\n',
    flows: { 'br-a': 'priority=1 actions=drop\n' },
  });
});

test('what must not be read is unseen', async () => {
  const files = { [`${folder}/br-a.flows`]: '' };
  const errnos = { [dropIn]: 'EACCES', [`${folder}/put-back.sh`]: 'EIO' };
  expect(await observeOvsStart(host(files, errnos))).toEqual({
    dropIn: { unseen: expect.stringContaining('EACCES') },
    script: { unseen: expect.stringContaining('EIO') },
    flows: { 'br-a': '' },
  });
  const hidden = await observeOvsStart(host(files, { [folder]: 'EACCES' }));
  expect(hidden.flows).toEqual({ unseen: expect.stringContaining('EACCES') });
});
