import { expect } from 'vitest';
import { type GuestConsole, guestConsole } from './guest-console.ts';
import { imageName, makeGuestImage } from './guest-image.ts';
import { namespace } from './lab-fabric.ts';
import type { LabHost } from './lab-host.ts';
import { installQemu } from './nested-qemu.ts';

export type Guests = { readonly [name: string]: string };

/** A VM in a fabric file; `last` is the last number of its address. */
export const vm = (last: number) =>
  `{ vm: { cpus: 1, memory: 256M, disk: ${imageName} }, networks: { storage: 192.168.10.${last}/24 } }`;
export const web: Guests = { web: namespace({ storage: '192.168.10.3/24' }) };

/** A guest's longest start: it is emulated on an emulated processor that others may share. */
const bootMs = 300_000;

export async function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const done = await work;
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return done;
}

/** The last object of a verb's --json output: one per line, or one over many lines. */
export function lastOf<T>(said: string): T {
  const objects = said.match(/^\{\n[\s\S]*?^\}$|^\{.*\}$/gm);
  return JSON.parse(objects?.at(-1) ?? '{}');
}

/** What the tests of VMs on a lab's hosts have in common. */
export class GuestLab {
  readonly lab: LabHost;

  constructor(lab: LabHost) {
    this.lab = lab;
  }

  /** Installs QEMU, an image, and what Debian itself does on a processor that claims to have KVM. */
  async prepare(hosts: readonly string[]): Promise<void> {
    const { lab } = this;
    const ssh = `${lab.folder}/.vflane/lab/ssh_config`;
    await timed(`QEMU on ${hosts}`, Promise.all(hosts.map((host) => installQemu(ssh, host))));
    await timed(`the image on ${hosts}`, makeGuestImage(lab, hosts));
    for (const host of hosts) {
      await lab.ssh('echo kvm_amd >/etc/modules-load.d/kvm.conf; modprobe kvm_amd || true', host);
      // An emulated host must serve its ssh first.
      await lab.ssh('systemctl set-property "system-vflane\\x2dguest.slice" CPUWeight=20', host);
    }
  }

  async vflane(code: number, ...args: readonly string[]): Promise<string> {
    const ended = await timed(`vflane ${args.join(' ')}`, this.lab.vflane(...args));
    const why = ended.code === code ? '' : await this.#journals();
    expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}${why}`).toMatchObject({ code });
    return ended.stdout + ended.stderr;
  }

  async #journals(): Promise<string> {
    const said = await this.lab.trySsh(
      'journalctl --no-pager -n 60 -u vflane-guest@vm1 -u vflane-guest@vm2 -u libvirtd; tail -n 20 /var/log/libvirt/qemu/*.log',
    );
    return said.stdout;
  }

  unit(guest: string, property: string, host = 'alpha'): Promise<string> {
    return this.lab.ssh(`systemctl show --property=${property} --value vflane-guest@${guest}`, host);
  }

  /** The journal of a guest's unit since this time of its host's clock, `date +"%F %T"`. */
  journal(guest: string, since: string): Promise<string> {
    return this.lab.ssh(`journalctl -u vflane-guest@${guest} --no-pager -o cat --since '${since}'`);
  }

  now(): Promise<string> {
    return this.lab.ssh('date "+%F %T"');
  }

  async up(guest: string): Promise<GuestConsole> {
    const console = guestConsole(this.lab, guest);
    await timed(`${guest} up`, console.ready(bootMs));
    return console;
  }
}
