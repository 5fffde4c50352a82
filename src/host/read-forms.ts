/**
 * The command lines with which a program only reads.
 * A command is a sequence of words; after a trailing `…` arguments may follow (no options, unless `args` allows them).
 */
export interface ReadForms {
  readonly commands: readonly string[];
  /** Options without a value, before the command. */
  readonly flags?: RegExp;
  /** Options whose value is the next word, before the command. */
  readonly valued?: RegExp;
  /** What may follow the command; every word of it must match. */
  readonly args?: RegExp;
}

function showsOf(objects: string, verbs: string): readonly string[] {
  return objects
    .split(' ')
    .flatMap((object) => [object, ...verbs.split(' ').map((verb) => `${object} ${verb} …`)]);
}

function open(commands: string): readonly string[] {
  return commands.split('|').map((command) => `${command} …`);
}

// iproute2 accepts abbreviated verbs (`ip link s` may be `set`): only whole words are allowed here.
const ipRoute2 = { flags: /^-(j|json|p|d|details|s|stats|statistics|o|4|6|0|br)$/, valued: /^(-n|-f)$/ };

export const ip: ReadForms = {
  ...ipRoute2,
  valued: /^-(n|netns|f|family)$/,
  flags: /^-(j|json|p|pretty|d|details|s|stats|statistics|o|oneline|br|brief|4|6|0)$/,
  commands: [
    ...showsOf('link addr address neigh neighbour rule maddr', 'show list'),
    ...showsOf('route', 'show list get'),
    'netns',
    ...open('netns list|netns list-id|netns pids|netns identify|stats show|vrf show'),
  ],
};

export const readForms: ReadonlyMap<string, ReadForms> = new Map<string, ReadForms>([
  ['ip', ip],
  [
    'devlink',
    {
      flags: /^-(j|p|v|s|jp|pj)$/,
      valued: /^-N$/,
      commands: [
        ...showsOf('dev port health resource region trap sb', 'show'),
        ...open('dev info|dev eswitch show|dev param show|port param show|port function rate show'),
      ],
    },
  ],
  ['bridge', { ...ipRoute2, commands: showsOf('link fdb mdb vlan vni', 'show list') }],
  ['tc', { ...ipRoute2, commands: showsOf('qdisc class filter chain', 'show list ls') }],
  [
    'rdma',
    {
      flags: /^-(j|p|d)$/,
      commands: showsOf('dev link system resource', 'show'),
    },
  ],
  [
    'ethtool',
    {
      flags:
        /^(--json|--include-statistics|-[IlkiSgcaTPxnmu]|--show-(channels|features|ring|coalesce|priv-flags|fec))$/,
      commands: ['…'],
    },
  ],
  // Paths are absolute and never below /dev: merely opening a device can act (/dev/watchdog arms the watchdog).
  ['cat', { commands: ['…'], args: /^\/(?!dev(\/|$))(?!.*(^|\/)\.\.(\/|$))(?!\/)/s }],
  // The configuration that a kernel carries itself, for one without a file in /boot.
  ['zcat', { commands: ['/proc/config.gz'] }],
  ['readlink', { flags: /^-[femn]$/, commands: ['…'] }],
  ['ls', { flags: /^-[1AaLRdlntr]+$/, commands: ['…'] }],
  ['stat', { flags: /^-L$/, valued: /^-c$/, commands: ['…'] }],
  ['uname', { flags: /^-[asnrvmpio]+$/, commands: [''] }],
  ['id', { flags: /^-[ugGn]+$/, commands: ['…'] }],
  ['lsmod', { commands: [''] }],
  ['lscpu', { flags: /^-[Jbap]$/, commands: [''] }],
  ['nproc', { flags: /^--all$/, commands: [''] }],
  ['dmesg', { flags: /^(-[TtxkJ]|--json|--notime|--kernel)$/, valued: /^(-l|--since)$/, commands: [''] }],
  ['lspci', { flags: /^-[Dnvkmt]+$/, valued: /^-[sd]$/, commands: [''] }],
  ['modinfo', { flags: /^-[0nadpl]$/, valued: /^-[Fk]$/, commands: ['…'] }],
  ['dpkg-query', { flags: /^(-W|--show|-s|-f=.*|--showformat=.*)$/s, commands: ['…'] }],
  ['apt-mark', { commands: ['showauto …', 'showmanual …'] }],
  // `=` would write a key.
  ['sysctl', { flags: /^-[ne]$/, commands: ['…'], args: /^[\w/][\w./:-]*$/ }],
  ['update-alternatives', { valued: /^--(query|display|list)$/, commands: [''] }],
  [
    'udevadm',
    {
      commands: ['info …'],
      args: /^(-[axe]|-[qpn]|--(export|export-db|attribute-walk)|--(query|path|name|property)=.*|[^-].*)$/s,
    },
  ],
  [
    'systemctl',
    {
      flags: /^--(no-pager|value|quiet)$/,
      commands: open('is-active|is-enabled|is-system-running|show'),
      args: /^(-p|--property=.*|--value|--no-pager|[^-].*)$/s,
    },
  ],
  ['sha256sum', { commands: ['…'], args: /^\// }],
  ['busctl', { flags: /^(--json=short|-j)$/, commands: ['get-property …'] }],
  [
    'ovs-appctl',
    {
      flags: /^--(timeout|target|format)=.*$/s,
      valued: /^-[tTf]$/,
      commands: [
        ...open(
          'version|list-commands|vlog/list|coverage/show|memory/show|upcall/show|ovsdb-server/list-dbs',
        ),
        ...open(
          'dpif/show|dpif/dump-flows|dpif/show-dp-features|ovs/route/show|tnl/ports/show|tnl/arp/show|tnl/neigh/show',
        ),
        ...open(
          'dpctl/show|dpctl/dump-flows|dpctl/dump-conntrack|dpctl/ct-stats-show|dpctl/offload-stats-show',
        ),
        ...open('dpif-netdev/pmd-stats-show|dpif-netdev/pmd-rxq-show|dpif-netdev/pmd-perf-show'),
        ...open('bond/list|bond/show|lacp/show|fdb/show|fdb/stats-show|mdb/show'),
      ],
      args: /^(-m|-v|--names|[^-].*)$/s,
    },
  ],
  [
    'ovs-ofctl',
    {
      flags: /^--(names|no-names|no-stats|r?sort|(timeout|protocols)=.*)$/s,
      valued: /^-[Ot]$/,
      commands: open(
        'show|dump-flows|diff-flows|dump-ports|dump-ports-desc|dump-groups|dump-meters|dump-tables',
      ),
      args: /^(--names|--no-names|--no-stats|[^-].*)$/s,
    },
  ],
  // nft joins its words and parses the result as a script: a `;` or a newline would start another command.
  ['nft', { flags: /^-(j|a|n|nn|s|y)$/, commands: ['list …'], args: /^[\w./]+$/ }],
  [
    'qemu-img',
    {
      commands: ['info …'],
      args: /^(-U|--force-share|--output=json|--backing-chain|\/.*)$/s,
    },
  ],
  ['mstflint', { valued: /^(-d|--device|-i|--image)$/, commands: ['q', 'q full', 'query', 'query full'] }],
  ['mstfwreset', { valued: /^(-d|--device)$/, commands: ['q', 'query'] }],
  [
    'mstconfig',
    {
      flags: /^(-e|--enable_verbosity)$/,
      valued: /^(-d|--dev)$/,
      commands: open('q|query'),
      args: /^[A-Z][A-Z0-9_]*(\[[\d.]+\])?$/,
    },
  ],
  [
    'virsh',
    {
      flags: /^(-r|--readonly|-q|--quiet|--connect=qemu:\/\/\/(system|session))$/,
      commands: open(
        'list|dumpxml|domstate|dominfo|domiflist|domblklist|capabilities|version|nodedev-list|nodedev-dumpxml|net-list|net-dumpxml',
      ),
      args: /^(--[a-z-]+|[^-].*)$/s,
    },
  ],
]);

/** With `-s`: a simulation that installs nothing and takes no lock (apt-get(8)). */
export const aptGet: ReadForms = {
  flags: /^(-q|--no-install-recommends)$/,
  commands: ['install …'],
  args: /^[a-z0-9][a-z0-9+.]*(-[a-z0-9+.]+)*$/,
};

export const ovsVsctl: ReadForms = {
  flags: /^--((format|columns|data|timeout)=.*|no-headings|bare|oneline|if-exists|no-wait|pretty)$/s,
  valued: /^(-f|-t|-d|--format|--timeout|--data|--columns)$/,
  commands: [
    ...open(
      'list|find|get|show|list-br|list-ports|list-ifaces|br-exists|port-to-br|iface-to-br|br-to-vlan|br-to-parent',
    ),
    ...open('br-get-external-id|get-fail-mode|get-controller|get-manager'),
  ],
};
