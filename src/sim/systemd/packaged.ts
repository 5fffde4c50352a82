import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import { baseUnits } from './base-units.ts';
import { packageUnits } from './package-units.ts';

/** The folder of packages' units. */
export const packagedFolder = '/usr/lib/systemd/system';

/** systemd-networkd is part of Debian's systemd: present, but not enabled. */
const always = ['systemd-networkd'];

/** A packaged unit file's text; undefined if no installed package has it. */
export function packagedUnit(state: SimState, name: string): string | undefined {
  if (Object.hasOwn(baseUnits, name)) return baseUnits[name];
  for (const [pkg, units] of Object.entries(packageUnits)) {
    if (Object.hasOwn(units, name) && (always.includes(pkg) || isInstalled(state, pkg))) return units[name];
  }
  return undefined;
}

export function packagedUnits(state: SimState): readonly string[] {
  const others = Object.entries(packageUnits).filter(
    ([pkg]) => always.includes(pkg) || isInstalled(state, pkg),
  );
  return [...Object.keys(baseUnits), ...others.flatMap(([, units]) => Object.keys(units))];
}

/** Links that packages contain. */
export const packagedLinks: { readonly [path: string]: string } = {
  [`${packagedFolder}/default.target`]: 'multi-user.target',
  [`${packagedFolder}/sshd.service`]: 'ssh.service',
};

/** Units that Debian's packages enable when installed. */
const enabledByPackage: { readonly [pkg: string]: readonly string[] } = {
  'openvswitch-switch': ['openvswitch-switch.service'],
  'libvirt-daemon-system': ['libvirtd.service'],
  'network-manager': ['NetworkManager.service'],
  ifupdown: ['networking.service'],
};

const wantedBy = '/etc/systemd/system/multi-user.target.wants';

/** The links of the installed packages. */
export function linksOfPackages(state: SimState): SimState['links'] {
  const links: SimState['links'] = {
    [`${wantedBy}/ssh.service`]: `${packagedFolder}/ssh.service`,
    '/etc/systemd/system/sshd.service': `${packagedFolder}/ssh.service`,
  };
  for (const [pkg, units] of Object.entries(enabledByPackage)) {
    if (isInstalled(state, pkg))
      for (const unit of units) links[`${wantedBy}/${unit}`] = `${packagedFolder}/${unit}`;
  }
  return links;
}
