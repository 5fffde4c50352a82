import { describe, expect, it } from 'vitest';
import { aptOptions, mirrorsFor, parseAptSources } from './apt-sources.ts';

const deb822 = `# the distribution
Types: deb deb-src
URIs: http://mirror.example/debian
 http://second.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
# a comment inside a paragraph
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQENBF

Types: deb
URIs: http://vendor.example/apt
Suites: nodistro
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;

describe('the machine’s apt sources, for another suite', () => {
  it('reads the deb822 form, without vendors’ and disabled sources', () => {
    expect(mirrorsFor('trixie', parseAptSources('debian.sources', deb822))).toEqual([
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian trixie main',
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://second.example/debian trixie main',
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian trixie-updates main',
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://second.example/debian trixie-updates main',
      'deb http://mirror.example/debian-security trixie-security main',
    ]);
  });

  it('reads the one-line form', () => {
    const text = [
      'deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian/ stable main non-free # ours',
      'deb-src http://a.example/debian stable main',
      '# deb http://b.example/debian stable main',
      'deb https://vendor.example/apt cloud-sdk-bookworm main',
      'deb http://c.example/debian bookworm-backports main',
      'deb http://d.example/debian bookworm contrib',
    ].join('\n');
    expect(mirrorsFor('trixie', parseAptSources('sources.list', text))).toEqual([
      'deb [signed-by=/k.gpg] http://a.example/debian/ trixie main',
    ]);
  });

  it('finds nothing where there is nothing', () => {
    expect(parseAptSources('x.sources', '')).toEqual([]);
    expect(parseAptSources('x.list', 'deb\n[broken\n')).toEqual([]);
  });

  it('takes over how the archive is reached, and nothing else', () => {
    const dump = [
      'APT::Install-Recommends "0";',
      'Acquire::Check-Valid-Until "false";',
      'Acquire::http::Proxy "http://proxy.example:3142";',
      'Acquire::https::CaInfo "";',
      'Acquire::GzipIndexes "true";',
      'DPkg::Post-Invoke:: "rm -f /var/cache/apt/*";',
    ].join('\n');
    expect(aptOptions(dump)).toEqual([
      'Acquire::Check-Valid-Until "false";',
      'Acquire::http::Proxy "http://proxy.example:3142";',
    ]);
  });
});
