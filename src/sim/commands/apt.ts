import { autoMarked, dependants, isInstalled, markAuto, markManual, needed, versionOf } from '../packages.ts';
import type { SimState } from '../state.ts';
import { reloadUnits, startUnits } from '../systemd/manager.ts';
import { linksOfPackages } from '../systemd/packaged.ts';
import { failed, type Program, type Reply, said, silent } from './program.ts';

const lockHeld = 'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n';

/** `apt-get install|remove|update`, for packages that the simulator knows; `-s` only says what it would do. */
export const aptGet: Program = ({ state, argv }) => {
  const isSimulated = argv.includes('-s') || argv.includes('--simulate');
  const [verb, ...names] = argv.slice(1).filter((word, at) => !word.startsWith('-') && argv[at] !== '-o');
  if (state.uid !== 0 && !isSimulated) return failed(100, lockHeld);
  if (verb === 'update') return silent;
  if (verb !== 'install' && verb !== 'remove' && verb !== 'purge')
    return failed(100, `E: Invalid operation ${verb ?? ''}\n`);
  const unknown = names.filter((name) => versionOf(state, name) === '');
  if (unknown.length > 0)
    return {
      stdout: reading,
      stderr: unknown.map((name) => `E: Unable to locate package ${name}\n`).join(''),
      code: 100,
    };
  if (verb === 'install') return isSimulated ? said(simulated(state, names)) : install(state, names);
  return isSimulated
    ? failed(100, 'E: not simulated here\n')
    : remove(state, [...names, ...dependants(state, names)]);
};

const reading = 'Reading package lists...\nBuilding dependency tree...\nReading state information...\n';

/** As apt 2.6 prints it, dependencies first. */
function simulated(state: SimState, names: readonly string[]): string {
  const coming = needed(state, names);
  const line = (word: string) => (name: string) =>
    `${word} ${name} (${versionOf(state, name)} Debian:13.2/stable [amd64])\n`;
  const count = `0 upgraded, ${coming.length} newly installed, 0 to remove and 0 not upgraded.\n`;
  const list =
    coming.length === 0
      ? ''
      : `The following NEW packages will be installed:\n  ${[...coming].sort().join(' ')}\n`;
  return [reading, list, count, ...coming.map(line('Inst')), ...coming.map(line('Conf'))].join('');
}

/** Named packages count as manually installed from now on, dependencies as automatic. */
function install(state: SimState, names: readonly string[]): Reply {
  const coming = needed(state, names);
  const before = Object.keys(linksOfPackages(state));
  state.packages = [...state.packages, ...coming];
  startInstalled(state, before);
  markAuto(
    state,
    coming.filter((name) => !names.includes(name)),
  );
  markManual(state, names);
  return silent;
}

/** Debian's packages enable and start their units (deb-systemd-helper, deb-systemd-invoke). */
function startInstalled(state: SimState, before: readonly string[]): void {
  const links = Object.entries(linksOfPackages(state)).filter(([path]) => !before.includes(path));
  if (links.length === 0) return;
  for (const [path, target] of links) state.links[path] = target;
  reloadUnits(state);
  startUnits(
    state,
    links.map(([path]) => path.replace(/^.*\//, '')),
  );
}

function remove(state: SimState, names: readonly string[]): Reply {
  state.packages = state.packages.filter((name) => !names.includes(name));
  markManual(state, names);
  return silent;
}

/** `apt-mark showauto|showmanual`: those of the named packages to which it applies. */
export const aptMark: Program = ({ state, argv }) => {
  const [, verb = '', ...names] = argv;
  if (verb !== 'showauto' && verb !== 'showmanual') return failed(100, `E: Invalid operation ${verb}\n`);
  const auto = autoMarked(state);
  const asked = (names.length > 0 ? names : state.packages).filter((name) => isInstalled(state, name));
  return said(
    [...asked]
      .sort()
      .filter((name) => auto.includes(name) === (verb === 'showauto'))
      .map((name) => `${name}\n`)
      .join(''),
  );
};

/** `dpkg --remove`: exactly these, refused for any that something else depends on. */
export const dpkg: Program = ({ state, argv }) => {
  const [, verb = '', ...names] = argv;
  if (verb !== '--remove' && verb !== '-r') return failed(2, `dpkg: error: unknown option ${verb}\n`);
  if (state.uid !== 0) return failed(2, 'dpkg: error: requested operation requires superuser privilege\n');
  const absent = names.filter((name) => !isInstalled(state, name));
  const warned = absent.map(
    (name) => `dpkg: warning: ignoring request to remove ${name} which isn't installed\n`,
  );
  const there = names.filter((name) => !absent.includes(name));
  // A package that stays keeps its dependencies.
  let kept = there.filter((name) => dependants(state, [name]).some((other) => !there.includes(other)));
  for (let more = kept; more.length > 0; ) {
    more = there.filter(
      (name) => !kept.includes(name) && dependants(state, [name]).some((other) => kept.includes(other)),
    );
    kept = [...kept, ...more];
  }
  remove(
    state,
    there.filter((name) => !kept.includes(name)),
  );
  if (kept.length === 0) return { ...silent, stderr: warned.join('') };
  const why = kept.map((name) => {
    const [first = ''] = dependants(state, [name]);
    return `dpkg: dependency problems prevent removal of ${name}:\n ${first} depends on ${name}.\n\ndpkg: error processing package ${name} (--remove):\n dependency problems - not removing\n`;
  });
  const errors = `Errors were encountered while processing:\n${kept.map((name) => ` ${name}\n`).join('')}`;
  return failed(1, [...warned, ...why, errors].join(''));
};

/** It reports progress on stderr, and what it found. */
export const updateGrub: Program = ({ state }) => {
  if (state.uid !== 0)
    return failed(
      1,
      '/usr/sbin/grub-mkconfig: 260: cannot create /boot/grub/grub.cfg.new: Permission denied\n',
    );
  return { ...silent, stderr: 'Generating grub configuration file ...\ndone\n' };
};
