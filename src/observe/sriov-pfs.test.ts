import { expect, test } from 'vitest';
import { HostError, type HostReader } from '../host/host.ts';
import { memorySim } from '../sim/open-sim.ts';
import { sriovPfs } from './sriov-pfs.ts';

const pfs = ['0000:03:00.0', '0000:03:00.1'];

function withNetdev(name: string, errno: string): HostReader {
  const real = memorySim();
  return {
    name: real.name,
    readFile: (path) => real.readFile(path),
    openFiles: (folder) => real.openFiles(folder),
    query: (argv) => real.query(argv),
    listDir: async (path) => [...(await real.listDir(path)), ...(path === '/sys/class/net' ? [name] : [])],
    readLink: async (path) => {
      if (!path.endsWith(`/${name}`)) return real.readLink(path);
      throw new HostError({ kind: 'errno', host: real.name, argv: ['readlink', path], errno });
    },
  };
}

test('the bonding module’s file among the netdevs is not a netdev, and an unreadable one may be anything', async () => {
  expect(await sriovPfs(memorySim())).toEqual(pfs);
  expect(await sriovPfs(withNetdev('bonding_masters', 'EINVAL'))).toEqual(pfs);
  expect(await sriovPfs(withNetdev('gone0', 'ENOENT'))).toEqual(pfs);
  expect(await sriovPfs(withNetdev('secret0', 'EACCES'))).toEqual({
    unseen: expect.stringContaining('secret0'),
  });
});
