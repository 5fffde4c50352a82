import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/unseen.ts';
import { foreignBridges } from './road.ts';
import { placeOf, type Rule } from './rule.ts';

/** A restart of Open vSwitch affects the whole host (facts §17). */
export const foreignBridgesStop: Rule = (examined) => {
  const { ovs } = examined.state;
  const foreign = foreignBridges(examined.state);
  if (foreign.length === 0 || ovs === undefined || isUnseen(ovs)) return [];
  const changing = Object.entries(examined.spec.overlay?.settings ?? {})
    .filter(([key, value]) => ovs.settings[key] !== value)
    .map(([key]) => key);
  if (changing.length === 0) return [];
  const names = foreign.map(({ name }) => name).join(', ');
  return [
    finding(
      'VF2055',
      placeOf(examined, 'datapath'),
      `${examined.host.name}: ${changing.join(' and ')} takes a restart of Open vSwitch, which also stops ${names}, which vflane did not make`,
      `Keep their flows, if somebody set any: ${foreign.map(({ name }) => `ovs-ofctl dump-flows ${name}`).join('; ')}.`,
    ),
  ];
};
