/** Kernels, each with its Debian release: what was compiled in decides what the card can do (facts §0). */
export interface Kernel {
  /** `uname -r`. */
  readonly release: string;
  readonly debian: 12 | 13;
  /** systemd's version decides how representors are named (facts §2.4). */
  readonly systemd: number;
  /** CONFIG_MLX5_CLS_ACT: without it no tc offload and no shared FDB. */
  readonly clsAct: boolean;
  readonly skbExt: boolean;
  /** mlx5 comes from OFED's DKMS package, so the kernel's own options do not count. */
  readonly ofed: boolean;
  /** A netdev that is up may be renamed (net/core/dev.c, 6.2). */
  readonly renamesLive: boolean;
}

export const kernels = {
  'debian-12': {
    release: '6.1.0-43-amd64',
    debian: 12,
    systemd: 252,
    clsAct: true,
    skbExt: false,
    ofed: false,
    renamesLive: false,
  },
  'debian-13': {
    release: '6.12.117+deb13-amd64',
    debian: 13,
    systemd: 257,
    clsAct: false,
    skbExt: false,
    ofed: false,
    renamesLive: true,
  },
  'debian-13-rebuilt': {
    release: '6.12.117+skbext-amd64',
    debian: 13,
    systemd: 257,
    clsAct: true,
    skbExt: true,
    ofed: false,
    renamesLive: true,
  },
  doca: {
    release: '6.12.117+deb13-amd64',
    debian: 13,
    systemd: 257,
    clsAct: true,
    skbExt: false,
    ofed: true,
    renamesLive: true,
  },
} as const satisfies { readonly [name: string]: Kernel };

export type KernelName = keyof typeof kernels;

export function asKernelName(text: string): KernelName | undefined {
  return Object.hasOwn(kernels, text) ? (text as KernelName) : undefined;
}

/** `/boot/config-RELEASE`, only the options that are read. */
export function bootConfig(kernel: Kernel): string {
  const compiledIn = kernel.clsAct && !kernel.ofed;
  return [
    option('NET_TC_SKB_EXT', kernel.skbExt),
    'CONFIG_MLX5_CORE=m',
    'CONFIG_MLX5_ESWITCH=y',
    ...(compiledIn ? ['CONFIG_MLX5_CLS_ACT=y'] : []),
    'CONFIG_IGB=m',
    'CONFIG_IGBVF=m',
    'CONFIG_BONDING=m',
    'CONFIG_VXLAN=m',
    'CONFIG_VFIO_PCI=m',
    'CONFIG_PCI_IOV=y',
    'CONFIG_OPENVSWITCH=m',
    option('NETDEVSIM', false),
    option('IOMMUFD', false),
    '',
  ].join('\n');
}

function option(name: string, set: boolean): string {
  return set ? `CONFIG_${name}=y` : `# CONFIG_${name} is not set`;
}
