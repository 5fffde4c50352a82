import { expect, test } from 'vitest';
import { parseComing } from './system.ts';

/** Pasted from apt 2.6.1; `libssl3` is there, and would be replaced by a newer one. */
const said = `NOTE: This is only a simulation!
Reading package lists...
Building dependency tree...
Reading state information...
The following NEW packages will be installed:
  ibverbs-providers libibverbs1 librte-net-mlx5-23
1 upgraded, 3 newly installed, 0 to remove and 122 not upgraded.
Inst libssl3 [3.0.16-1~deb12u1] (3.0.17-1~deb12u2 Debian:12.15/oldstable [amd64])
Inst libibverbs1 (44.0-2 Debian:12.15/oldstable [amd64])
Inst ibverbs-providers (44.0-2 Debian:12.15/oldstable [amd64])
Inst librte-net-mlx5-23 (22.11.11-0+deb12u1 Debian:12.15/oldstable [amd64])
Conf libibverbs1 (44.0-2 Debian:12.15/oldstable [amd64])
`;

test('what apt would install, without what it would only replace', () => {
  expect(parseComing(said)).toEqual(['ibverbs-providers', 'libibverbs1', 'librte-net-mlx5-23']);
  expect(parseComing('0 upgraded, 0 newly installed, 0 to remove.\n')).toEqual([]);
});
