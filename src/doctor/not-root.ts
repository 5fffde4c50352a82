import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

export const notRoot: Rule = (examined) =>
  examined.state.root
    ? []
    : [
        finding(
          'VF2006',
          placeOf(examined, 'connect'),
          `${examined.host.name}: vflane is not root there`,
          'Run it as root, or connect as root or as a user with sudo that asks no password.',
        ),
      ];
