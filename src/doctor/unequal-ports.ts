import { finding } from '../model/catalogue.ts';
import type { PfState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { placeOf, type Rule } from './rule.ts';

/** Each PF has its own mode, and the card joins only ports in the same one (facts §1.2). */
export const unequalModes: Rule = (examined) => {
  const inMode = (mode: string) => examined.state.pfs.filter(({ eswitch }) => eswitch === mode);
  const [legacy, switchdev] = [inMode('legacy'), inMode('switchdev')];
  if (examined.spec.overlay === undefined || legacy.length === 0 || switchdev.length === 0) return [];
  const names = (pfs: readonly PfState[]) => pfs.map(({ pci }) => pci).join(', ');
  return [
    finding(
      'VF2041',
      placeOf(examined, 'nic'),
      `${examined.host.name}: ${names(switchdev)} is in switchdev and ${names(legacy)} in legacy: the card makes no LAG of ports in different modes`,
      `The plan puts ${names(legacy)} into switchdev as well.`,
    ),
  ];
};

/** The seed raised only one port's channels; the bond's backup port kept one channel (facts §5). */
export const unequalChannels: Rule = (examined) => {
  const seen = examined.state.pfs.flatMap(({ channels, ...pf }) =>
    channels === undefined || isUnseen(channels) ? [] : [{ ...pf, channels }],
  );
  const rich = seen.find(({ channels }) => channels.now > 1);
  const poor = seen.filter(({ channels }) => channels.now === 1 && channels.max > 1);
  if (examined.spec.overlay === undefined || rich === undefined) return [];
  return poor.map(({ pci, netdev, channels }) =>
    finding(
      'VF2042',
      placeOf(examined, 'nic'),
      `${examined.host.name}: ${netdev} (${pci}) has 1 of its ${channels.max} channels, but ${rich.pci} has ${rich.channels.now}: after a failover one core does all the work`,
      `The plan raises it: ethtool -L ${netdev} combined ${channels.max}.`,
    ),
  );
};
