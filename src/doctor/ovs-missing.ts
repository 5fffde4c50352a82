import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/host-state.ts';
import { placeOf, type Rule } from './rule.ts';

export const ovsMissing: Rule = (examined) => {
  const { ovs } = examined.state;
  if (ovs === undefined || !isUnseen(ovs)) return [];
  return [
    finding(
      'VF2033',
      placeOf(examined, 'datapath'),
      `${examined.host.name}: Open vSwitch does not answer: ${ovs.unseen}`,
      'Install and start it: apt-get install openvswitch-switch; systemctl start openvswitch-switch.',
    ),
  ];
};
