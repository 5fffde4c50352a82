/** What to listen to on a host to notice changes; each monitor is a program that prints something for each change. */
export interface MonitorSpec {
  /** Namespaces of guests. */
  readonly namespaces: readonly string[];
  /** Bridges whose flows are vflane's. */
  readonly bridges: readonly string[];
  /** Whether Open vSwitch and nftables matter. */
  readonly overlay: boolean;
}

export interface Monitor {
  readonly hears: string;
  readonly argv: readonly string[];
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** @throws TypeError on an invalid name */
export function monitorsOf({ namespaces, bridges, overlay }: MonitorSpec): readonly Monitor[] {
  for (const name of [...namespaces, ...bridges]) {
    if (!plainName.test(name)) throw new TypeError(`${JSON.stringify(name)} is not a name`);
  }
  const links = ['monitor', 'link', 'address', 'route'];
  return [
    { hears: 'links', argv: ['ip', ...links] },
    // A VF on vfio-pci has no netdev that would show a change.
    { hears: 'drivers', argv: ['udevadm', 'monitor', '--kernel', '--subsystem-match=pci'] },
    ...namespaces.map((name) => ({ hears: `links of ${name}`, argv: ['ip', '-n', name, ...links] })),
    ...(overlay ? [{ hears: 'nftables', argv: ['nft', 'monitor'] }, ...databaseMonitors] : []),
    ...bridges.map((name) => ({
      hears: `flows of ${name}`,
      argv: ['sh', '-c', monitorFlows, 'sh', name],
    })),
  ];
}

/** It reports changes on its standard error (utilities/ovs-ofctl.c, monitor_vconn). */
const monitorFlows = 'exec ovs-ofctl monitor "$1" watch:!initial 2>&1';

/** Without the columns that change by themselves every five seconds, such as statistics (ovs-vswitchd.conf.db(5)). */
const watchedColumns: { readonly [table: string]: string } = {
  Open_vSwitch: 'other_config,dpdk_initialized',
  Bridge: 'name,ports,datapath_type,fail_mode,external_ids,other_config',
  Port: 'name,interfaces,protected,tag,bond_mode',
  Interface: 'name,type,options,external_ids,error,mtu_request',
};

/** ovsdb-client(1) watches one table. */
const databaseMonitors: readonly Monitor[] = Object.entries(watchedColumns).map(([table, columns]) => ({
  hears: `OVSDB’s ${table}`,
  argv: ['ovsdb-client', 'monitor', 'Open_vSwitch', table, columns],
}));
