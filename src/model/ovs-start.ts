/** Where a host keeps what ovs-vswitchd forgets whenever it starts: OpenFlow flows are not in its database (facts §17). */
const folder = '/var/lib/vflane/ovs-flows';
const suffix = '.flows';

export const keptFlows = {
  folder,
  pathOf: (bridge: string): string => `${folder}/${bridge}${suffix}`,
  /** `undefined` for a file that does not hold a bridge's flows. */
  bridgeOf: (name: string): string | undefined =>
    name.endsWith(suffix) && !name.startsWith('.') ? name.slice(0, -suffix.length) : undefined,
} as const;

/** The files that make systemd put the flows back at every start of Debian's unit. */
export const startHook = {
  unit: 'ovs-vswitchd.service',
  dropIn: '/etc/systemd/system/ovs-vswitchd.service.d/vflane.conf',
  script: `${folder}/put-back.sh`,
} as const;
