import fc from 'fast-check';
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

/** apt-get 3.0.3 of Debian 13, run: what some packages would break in between stands in the last brackets. */
const saidBy3 = `Reading package lists...
Building dependency tree...
The following additional packages will be installed:
  libfdt1 libgcc-s1 libnuma1
Suggested packages:
  glibc-doc debconf | debconf-2.0 libc-l10n locales libnss-nis libnss-nisplus
The following NEW packages will be installed:
  libfdt1 libgcc-s1 librte-meter25
0 upgraded, 3 newly installed, 0 to remove and 0 not upgraded.
Inst libgcc-s1 (14.2.0-19 Debian:13.7/stable [amd64]) []
Inst libfdt1 (1.7.2-2+b1 Debian:13.7/stable [amd64])
Conf libgcc-s1 (14.2.0-19 Debian:13.7/stable [amd64])
Inst librte-meter25 (24.11.4-0+deb13u1 Debian:13.7/stable [amd64])
Conf librte-meter25 (24.11.4-0+deb13u1 Debian:13.7/stable [amd64])
`;

test('Debian 13’s apt says it in the same way', () => {
  expect(parseComing(saidBy3)).toEqual(['libfdt1', 'libgcc-s1', 'librte-meter25']);
});

test('whatever it prints, only names that it would install are read', () => {
  const lines = fc.array(fc.oneof(fc.constantFrom(...said.split('\n'), ...saidBy3.split('\n')), fc.string()));
  fc.assert(
    fc.property(lines, (some) => {
      for (const name of parseComing(some.join('\n')))
        expect(some.join('\n')).toMatch(
          new RegExp(`Inst ${name.replace(/[.+*?^${}()|[\]\\]/g, '\\$&')} \\(`),
        );
    }),
  );
});
