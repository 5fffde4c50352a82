import { hasCarrier } from '../carrier.ts';
import { Refusal } from '../errno.ts';
import { infinibandNames, rdmaDevices, renameKey } from '../infiniband.ts';
import { ownNetdev } from '../netdevs.ts';
import type { SimState } from '../state.ts';
import { because, failed, type Program, type Reply, said, silent, telling } from './program.ts';

/** iproute2's `rdma`: `link`, `dev`, and renaming a device. */
export const rdma: Program = ({ state, argv }) => {
  const words = argv.slice(1).filter((word) => !/^-[jpd]+$/.test(word));
  const json = argv.some((word) => /^-[jpd]*j/.test(word));
  const [object = 'dev', verb = 'show', ...rest] = words;
  if (object !== 'link' && object !== 'dev')
    return failed(1, `Object "${object}" is unknown, try "rdma help".\n`);
  if (verb === 'show' || verb === 'list') return show(state, object, json, rest[0]);
  if (object === 'dev' && verb === 'set') {
    return telling(
      (refusal) => failed(1, `error: ${because(refusal)}\n`),
      () => rename(state, rest),
    );
  }
  return failed(1, `Unknown argument "${verb}".\n`);
};

function show(state: SimState, object: 'link' | 'dev', json: boolean, wanted: string | undefined): Reply {
  const name = wanted?.split('/')[0];
  const devices = rdmaDevices(state).filter((device) => name === undefined || device.name === name);
  if (name !== undefined && devices.length === 0) return failed(1, 'Wrong device name\n');
  const records = devices.map((device, ifindex) =>
    object === 'link' ? link(state, device, ifindex) : { ifindex, ifname: device.name, node_type: 'ca' },
  );
  if (json) return said(`${JSON.stringify(records)}\n`);
  const line = (record: (typeof records)[number]) =>
    'netdev' in record
      ? `link ${record.ifname}/1 state ${record.state} physical_state ${record.physical_state} netdev ${record.netdev} \n`
      : `${record.ifindex}: ${record.ifname}: node_type ca \n`;
  return said(records.map(line).join(''));
}

function link(state: SimState, device: ReturnType<typeof rdmaDevices>[number], ifindex: number) {
  const netdev = ownNetdev(state, device.pci);
  const up = netdev !== undefined && hasCarrier(state, netdev);
  return {
    ifindex,
    ifname: device.name,
    port: 1,
    state: up ? 'ACTIVE' : 'DOWN',
    physical_state: up ? 'LINK_UP' : 'DISABLED',
    netdev: netdev?.name ?? '',
    netdev_index: netdev?.ifindex ?? 0,
  };
}

function rename(state: SimState, [name = '', key, wanted = '']: readonly string[]): Reply {
  const device = rdmaDevices(state).find((d) => d.name === name);
  if (!device) return failed(1, 'Wrong device name\n');
  if (key !== 'name' || wanted === '') return failed(1, 'Please provide device new name.\n');
  if (state.uid !== 0) throw new Refusal('EPERM');
  // Renaming to the present name changes nothing (ib_device_rename, drivers/infiniband/core/device.c).
  if (name === wanted) return silent;
  if (infinibandNames(state).includes(wanted)) throw new Refusal('EEXIST');
  const given = renameKey(device.pci, device.merged);
  delete state.rdmaNames[given];
  // Back at its original name, nothing shows that it had another.
  if (rdmaDevices(state).find(({ pci }) => pci === device.pci)?.name !== wanted)
    state.rdmaNames[given] = wanted;
  return silent;
}
