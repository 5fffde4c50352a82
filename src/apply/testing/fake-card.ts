import { HostError, type OpenFile, type Ran } from '../../host/host.ts';

export const pf = '0000:03:00.0';
export const pfPath = `/sys/bus/pci/devices/${pf}`;

/** One PF with its VFs, and the bonds of its host: just enough of a kernel to refuse things. */
export class FakeCard {
  readonly files = new Map<string, string>([
    [`${pfPath}/sriov_numvfs`, '0'],
    [`${pfPath}/sriov_drivers_autoprobe`, '1'],
    [`${pfPath}/net/eth0/phys_port_name`, 'p0'],
  ]);
  readonly links = new Map<string, string>();
  readonly vlans = new Map<number, number>();
  /** Name → up. */
  readonly bonds = new Map<string, boolean>();
  open: readonly OpenFile[] = [];

  /** The whole state, for comparison. */
  state(): string {
    const parts = [this.files, this.links, this.vlans, this.bonds];
    return JSON.stringify(parts.map((map) => [...map].sort()));
  }

  read(path: string): string {
    return `${this.files.get(path) ?? refuse(['read', path], 'ENOENT')}\n`;
  }

  link(path: string): string {
    return this.links.get(path) ?? refuse(['readlink', path], 'ENOENT');
  }

  list(path: string): readonly string[] {
    const below = [...this.files.keys(), ...this.links.keys()].filter((key) => key.startsWith(`${path}/`));
    if (!below.length) return refuse(['list', path], 'ENOENT');
    return [...new Set(below.map((key) => key.slice(path.length + 1).split('/')[0] ?? ''))].sort();
  }

  write(path: string, text: string): void {
    if (!this.files.has(path)) refuse(['write', path], 'ENOENT');
    if (path.endsWith('sriov_numvfs')) this.#setVfs(Number(text));
    this.files.set(path, text);
  }

  #setVfs(count: number): void {
    const now = Number(this.files.get(`${pfPath}/sriov_numvfs`));
    if (count === now) return;
    if (count && now) refuse(['write', 'sriov_numvfs'], 'EBUSY');
    for (let i = 0; i < count; i++) this.#addVf(i);
    if (count === 0) this.#dropVfs();
  }

  #addVf(index: number): void {
    const vf = `0000:03:00.${index + 2}`;
    this.links.set(`${pfPath}/virtfn${index}`, `../${vf}`);
    this.links.set(`/sys/bus/pci/devices/${vf}/iommu_group`, `../../kernel/iommu_groups/${20 + index}`);
    this.files.set(`/sys/bus/pci/devices/${vf}/driver_override`, '(null)');
    this.vlans.set(index, 0);
  }

  #dropVfs(): void {
    for (const path of [...this.links.keys()]) this.links.delete(path);
    for (const path of [...this.files.keys()]) if (!path.startsWith(pfPath)) this.files.delete(path);
    this.vlans.clear();
  }

  query(argv: readonly string[]): string {
    if (argv.join(' ') !== 'ip -j link show') refuse(argv, 'EINVAL');
    const vfinfo_list = [...this.vlans].map(([vf, vlan]) => ({ vf, vlan_list: vlan ? [{ vlan }] : [{}] }));
    const bonds = [...this.bonds].map(([ifname, up]) => ({ ifname, operstate: up ? 'UP' : 'DOWN' }));
    return JSON.stringify([{ ifname: 'eth0', vfinfo_list }, ...bonds]);
  }

  run(argv: readonly string[], stdin: string): Ran {
    const words = argv.join(' ');
    if (words === 'ip -batch -') for (const line of stdin.trim().split('\n')) this.#setVlan(line.split(' '));
    else if (words.startsWith('ip link add')) this.#addBond(argv);
    else if (words.startsWith('ip link set')) this.#bondUp(argv);
    else if (words.startsWith('ip link del')) this.#dropBond(argv);
    else refuse(argv, 'EINVAL');
    return { stdout: '', stderr: '' };
  }

  #setVlan(words: readonly string[]): void {
    const [, , , netdev, , vf, , vlan] = words;
    if (netdev !== 'eth0' || !this.vlans.has(Number(vf))) refuse(words, 'ENODEV');
    this.vlans.set(Number(vf), Number(vlan));
  }

  #addBond(argv: readonly string[]): void {
    if (this.bonds.has(argv[3] ?? '')) refuse(argv, 'EEXIST');
    this.bonds.set(argv[3] ?? '', false);
  }

  #bondUp(argv: readonly string[]): void {
    if (!this.bonds.has(argv[3] ?? '')) refuse(argv, 'ENODEV');
    this.bonds.set(argv[3] ?? '', true);
  }

  #dropBond(argv: readonly string[]): void {
    if (!this.bonds.delete(argv[3] ?? '')) refuse(argv, 'ENODEV');
  }
}

function refuse(argv: readonly string[], errno: string): never {
  throw new HostError({ kind: 'errno', host: 'alpha', argv, errno });
}
