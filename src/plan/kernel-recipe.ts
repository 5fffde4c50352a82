import type { Examined } from '../doctor/rule.ts';
import { isWithout } from '../doctor/tc-offload-missing.ts';
import type { SystemState } from '../model/preparation.ts';
import { isUnseen } from '../model/unseen.ts';

/** A recipe that vflane shows but never follows: it replaces the host's kernel, or a driver in it. */
export interface Recipe {
  readonly title: string;
  /** As typed; a line that begins with `#` is a remark. */
  readonly lines: readonly string[];
}

/** What an mlx5 card needs for tc offload, if the running kernel was built without it (facts §0). */
export function kernelRecipes(examined: Examined, system: SystemState): readonly Recipe[] {
  return needsKernel(examined, system) ? [rebuild, vendors] : [];
}

export function needsKernel({ host, spec, state }: Examined, { debian, skbExt }: SystemState): boolean {
  const isAsked =
    (spec.datapath === 'ovs-tc' && host.offload !== 'off') ||
    spec.nics.some(({ lag }) => lag === 'shared-fdb');
  const mlx5 = state.pfs.filter(({ driver }) => driver === 'mlx5_core');
  if (!isAsked || mlx5.length === 0) return false;
  if (mlx5.some(isWithout)) return true;
  // Without ethtool the driver cannot be asked; Debian 12's offloads without that option.
  const isHidden = mlx5.some(({ tcOffload }) => tcOffload === undefined || isUnseen(tcOffload));
  return isHidden && skbExt === false && (debian ?? 0) >= 13;
}

/** Debian's own kernel and configuration, one option apart (kernel handbook, “Building a custom kernel”). */
const rebuild: Recipe = {
  title: 'Rebuild Debian’s kernel with CONFIG_NET_TC_SKB_EXT=y, from which mlx5’s tc offload follows',
  lines: [
    'apt-get install build-essential bc bison flex libelf-dev libssl-dev openssl debhelper rsync cpio kmod python3 linux-source',
    'mkdir -p ~/kernel && cd ~/kernel',
    'tar -xf /usr/src/linux-source-*.tar.xz && cd linux-source-*/',
    'cp "/boot/config-$(uname -r)" .config',
    'scripts/config --enable NET_TC_SKB_EXT --set-str LOCALVERSION -skbext',
    '# Debug information would take some 20 GB and most of the time.',
    'scripts/config --disable DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT --enable DEBUG_INFO_NONE',
    'make olddefconfig',
    '# All three have to be there: the last two follow from the first.',
    "grep -E '^CONFIG_(NET_TC_SKB_EXT|MLX5_CLS_ACT|MLX5_TC_CT)=y' .config",
    'make -j"$(nproc)" bindeb-pkg',
    'apt-get install ../linux-image-*-skbext_*.deb',
    '# With Secure Boot it has to be signed first (https://wiki.debian.org/SecureBoot).',
    'reboot',
    '# Afterwards: ethtool -k PORT | grep hw-tc-offload   must not say [fixed].',
    '# Debian’s own updates do not replace this kernel: build it anew after each of them.',
  ],
};

const vendors: Recipe = {
  title: 'Or NVIDIA’s own driver, DOCA-OFED, which is built with it whatever the kernel',
  lines: [
    '# https://developer.nvidia.com/doca-downloads: Host-Server, DOCA-Host, Linux, x86_64, doca-ofed, Debian, the release, deb (local).',
    '# That page gives the package of its repository; with it installed:',
    'apt-get update',
    'apt-get install doca-ofed',
    'reboot',
    '# Afterwards: modinfo -n mlx5_core   names a path below updates/.',
  ],
};
