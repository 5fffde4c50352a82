import { finding } from '../model/catalogue.ts';
import { ledgerKey } from '../model/ledger.ts';
import { machinesOf } from './machine-parts.ts';
import { placeOf, type Rule } from './rule.ts';

const unit = ledgerKey('boot-unit', 'vflane-boot.service');

/** A guest that starts with a host whose VFs do not come back with it fails at every start. */
export const machinesWithoutBoot: Rule = (examined) => {
  const { host, spec, ledger } = examined;
  const starting = machinesOf(examined).filter(({ machine }) => machine.autostart);
  if (starting.length === 0 || spec.boot !== undefined || ledger?.entries.has(unit)) return [];
  const names = starting.map(({ name }) => name).join(', ');
  const [verb, its] = starting.length === 1 ? ['starts', 'its'] : ['start', 'their'];
  return [
    finding(
      'VF2086',
      placeOf(examined, 'guests', ...(starting.length === 1 ? [names] : [])),
      `${host.name}: ${names} ${verb} with the host, and nothing brings ${its} VFs back before`,
      `Run \`vflane enable --host ${host.name}\`, or set autostart: false.`,
    ),
  ];
};
