import { guid } from '../macs.ts';
import type { Ovs } from './state.ts';

/** A database with only its root, as `ovsdb-tool create` and `ovs-vsctl init` leave it. */
export function newOvs(host: string): Ovs {
  const uuid = guid(`ovs/${host}`);
  return {
    rows: { [uuid]: { uuid, table: 'Open_vSwitch', values: {} } },
    uuids: 0,
    serves: false,
    alternative: 'auto',
    talking: [],
  };
}
