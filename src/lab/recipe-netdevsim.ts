/** How to build netdevsim, which Debian's kernel lacks: packages beside the kernel's headers and source, and a script. */
export interface NetdevsimRecipe {
  readonly packages: readonly string[];
  readonly script: string;
}

/**
 * Run by mmdebstrap in a tree of its own, with the kernel's `$version`: so the compiler is the release's own, as the
 * kernel's was. Without BTF and debug symbols it takes a third of the time and space.
 */
const script = `
mkdir /build
tar -xf /usr/src/linux-source-*.tar.xz -C /build --strip-components=4 --wildcards 'linux-source-*/drivers/net/netdevsim/*'
make -C "/lib/modules/$version/build" M=/build -j"$(nproc)" CONFIG_NETDEVSIM=m CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-g0 modules
strip --strip-debug /build/netdevsim.ko
`;

export const netdevsimRecipe: NetdevsimRecipe = { packages: ['make', 'xz-utils', 'tar'], script };
