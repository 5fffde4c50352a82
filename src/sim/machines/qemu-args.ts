/** What a QEMU command line needs from the host. */
export interface MachineArgs {
  readonly name: string;
  readonly memoryMib: number;
  readonly backends: readonly Backend[];
  readonly usesBackend: boolean;
  readonly drives: readonly Drive[];
  readonly vfio: readonly { readonly address: string; readonly option: string }[];
  readonly taps: readonly { readonly ifname: string; readonly option: string }[];
  /** Sockets it listens on: their purpose and path. */
  readonly sockets: readonly Socket[];
  readonly pidfile: string;
  readonly daemonizes: boolean;
}

interface Backend {
  readonly id: string;
  readonly mib: number;
  readonly hugetlb: boolean;
  readonly pageKib: number;
}

export interface Drive {
  readonly path: string;
  readonly format: string;
  readonly writes: boolean;
  /** The words that QEMU quotes in an error. */
  readonly option: string;
}

export interface Socket {
  readonly kind: 'qmp' | 'agent' | 'other';
  readonly path: string;
}

type Options = { readonly [key: string]: string };

/** `a,b=c,d=e`: a first word without a key has the key `''`; a doubled comma stands for itself. */
export function optionsOf(text: string): Options {
  const parts = text.replaceAll(',,', '\u0000').split(',');
  const found: { [key: string]: string } = {};
  for (const [at, part] of parts.entries()) {
    const [key = '', value] = part.replaceAll('\u0000', ',').split(/=(.*)/s);
    if (value === undefined && at === 0) found[''] = key;
    else found[key] = value ?? 'on';
  }
  return found;
}

function sizeMib(text: string): number {
  const [, number = '0', unit = 'M'] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(text) ?? [];
  return Number(number) * ({ K: 1 / 1024, M: 1, G: 1024, T: 1024 ** 2 }[unit.toUpperCase() || 'M'] ?? 1);
}

export function parseMachine(argv: readonly string[]): MachineArgs {
  const all = (name: string) => argv.flatMap((word, at) => (argv[at - 1] === name ? [word] : []));
  const last = (name: string) => all(name).at(-1);
  const memory = last('-m');
  const named = optionsOf(last('-name') ?? '');
  return {
    name: named.guest ?? named[''] ?? '',
    memoryMib:
      memory === undefined ? 128 : sizeMib(optionsOf(memory).size ?? optionsOf(memory)[''] ?? memory),
    backends: all('-object').flatMap(backendOf),
    usesBackend: all('-machine').some((word) => optionsOf(word)['memory-backend'] !== undefined),
    drives: [...all('-blockdev').flatMap(blockdev), ...all('-drive').flatMap(drive)],
    vfio: all('-device').flatMap(vfioOf),
    taps: all('-netdev').flatMap(tapOf),
    sockets: [...socketsOf(argv), ...qmpOf(all('-qmp'))],
    pidfile: last('-pidfile') ?? '',
    daemonizes: argv.includes('-daemonize'),
  };
}

function backendOf(word: string): readonly Backend[] {
  const options = optionsOf(word);
  if (!/^memory-backend-(ram|memfd|file)$/.test(options[''] ?? options['qom-type'] ?? '')) return [];
  const path = options['mem-path'] ?? '';
  const page = options.hugetlbsize === undefined ? 2 : sizeMib(options.hugetlbsize);
  return [
    {
      id: options.id ?? '',
      mib: sizeMib(options.size ?? '0'),
      hugetlb: options.hugetlb === 'on' || path.startsWith('/dev/hugepages'),
      pageKib: path.includes('1G') ? 1048576 : page * 1024,
    },
  ];
}

function blockdev(word: string): readonly Drive[] {
  const options = optionsOf(word);
  const path = options['file.filename'] ?? options.filename;
  if (path === undefined) return [];
  const reads = options['read-only'] === 'on' || options['file.read-only'] === 'on';
  return [{ path, format: options.driver ?? 'raw', writes: !reads, option: `-blockdev ${word}` }];
}

function drive(word: string): readonly Drive[] {
  const options = optionsOf(word);
  if (options.file === undefined) return [];
  const reads = options.readonly === 'on' || options['read-only'] === 'on' || options.media === 'cdrom';
  return [{ path: options.file, format: options.format ?? '', writes: !reads, option: `-drive ${word}` }];
}

function vfioOf(word: string) {
  const { '': driver, host } = optionsOf(word);
  if (driver !== 'vfio-pci' || host === undefined) return [];
  return [{ address: host.split(':').length === 2 ? `0000:${host}` : host, option: `-device ${word}` }];
}

function tapOf(word: string) {
  const { '': kind, ifname } = optionsOf(word);
  return kind === 'tap' && ifname !== undefined ? [{ ifname, option: `-netdev ${word}` }] : [];
}

/** A socket's chardev, and whether a guest agent is behind it. */
function socketsOf(argv: readonly string[]): readonly Socket[] {
  const devices = argv.flatMap((word, at) => (argv[at - 1] === '-device' ? [optionsOf(word)] : []));
  return argv.flatMap((word, at) => {
    const { '': kind, path, id } = optionsOf(word);
    if (argv[at - 1] !== '-chardev' || kind !== 'socket' || path === undefined) return [];
    const device = devices.find((one) => one.chardev === id);
    const isQmp = argv.some((other, n) => argv[n - 1] === '-mon' && optionsOf(other).chardev === id);
    const agent = device?.name === 'org.qemu.guest_agent.0';
    return [{ kind: agent ? ('agent' as const) : isQmp ? ('qmp' as const) : ('other' as const), path }];
  });
}

function qmpOf(words: readonly string[]): readonly Socket[] {
  return words.flatMap((word) => {
    const path = /^unix:([^,]+)/.exec(word)?.[1];
    return path === undefined ? [] : [{ kind: 'qmp' as const, path }];
  });
}
