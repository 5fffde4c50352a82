import type { CatalogueEntry } from './finding.ts';

/** VF227x, VF228x: taking over a host that somebody set up by hand. */
export const importFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2270',
    severity: 'info',
    title: 'Part of this host is left as it was set up by hand',
    explanation:
      'The file lists places under `as-found`, as `vflane import` wrote them: what somebody set up by hand, with the value found there. vflane neither changes nor takes back anything at these places, and says so with every plan, because its promises do not cover them. Delete a line, and the next plan shows the step by which vflane would make that place its own.',
  },
  {
    code: 'VF2271',
    severity: 'warning',
    title: 'What was set up by hand has changed since',
    explanation:
      'A place that the file leaves as found has another value now: somebody changed it, or a reboot lost it, because only what is vflane’s own comes back by itself. vflane does not put it back. Write the new value under `as-found`, or delete the line, and vflane makes that place its own.',
  },
  {
    code: 'VF2272',
    severity: 'warning',
    title: 'A VF is in use on the untagged wire',
    explanation:
      'A process or a namespace has this VF, and it has no VLAN: it is on the untagged wire, where the hosts themselves may live, and where switches talk to each other. No network of a file is that wire. The import gives the VF to nobody and leaves it as it is; to keep it apart, give it a VLAN and a guest in the file.',
  },
  {
    code: 'VF2273',
    severity: 'warning',
    title: 'The two VFs of an attachment differ',
    explanation:
      'On legacy-vlan an attachment is the VF of one index on both ports, alike but for their MACs, so that either can carry it. Here the two have different VLANs, or only one of them is in use: when the other port takes over, the guest is on another network or on none. The file has what the first port has, and leaves the second as found.',
  },
  {
    code: 'VF2274',
    severity: 'warning',
    title: 'A guest may send from any address',
    explanation:
      'The sender check (spoofchk) is off on this VF, or it has no MAC to check: ip link shows 00:00:00:00:00:00 until somebody sets one. Whoever is root in the guest can take another guest’s address. The file keeps it so, to change nothing under a running guest. To end it, delete `spoofchk: false` and the line of vf-mac, and apply while the guest is down.',
  },
  {
    code: 'VF2275',
    severity: 'warning',
    title: 'A guest’s VF is trusted',
    explanation:
      'The PF lets this VF change its own MAC and go promiscuous (`ip link set … vf N trust on`), so the guest can read what is for others on the port. Nothing that vflane sets up needs it. The file keeps it so; delete `trust: true` to end it.',
  },
  {
    code: 'VF2276',
    severity: 'warning',
    title: 'A bridge made by hand does not confine tenants',
    explanation:
      'This bridge stays as it is, and vflane’s own is not made. Nothing checks from whose address its guests send, whether one answers DHCP or announces itself as a router, or from whom tunnels are accepted (facts §17). Its tunnels are not protected ports, so three hosts loop, and after a reboot nobody brings its netdevs up. To have vflane’s bridge instead, delete the lines of `bridge`, `bridge-port` and `flows` under as-found: the plan says first which ports to take off the old one.',
  },
  {
    code: 'VF2277',
    severity: 'warning',
    title: 'A tunnel leads to a host that was not imported',
    explanation:
      'A bridge has a tunnel to an address that none of these hosts has. vflane makes tunnels between the hosts of a file, so this far end can be neither looked at nor changed together with this one. Import both ends at once: vflane import root@alpha root@beta.',
  },
  {
    code: 'VF2278',
    severity: 'warning',
    title: 'A bridge does not tell which network it is',
    explanation:
      'The bridge has VFs’ representors as ports, but no tunnel with a VNI of its own: none at all, several that differ, or one whose key or remote address comes from flows (`key=flow`, `remote_ip=flow`), which only those flows know. The file gives the network an unused id. Correct the id before vflane makes a bridge of it.',
  },
  {
    code: 'VF2279',
    severity: 'error',
    title: 'What was found cannot be written as a file',
    explanation:
      'A file that describes this host would be refused: the findings beside this one say why, such as one MAC or one address twice. Nothing was written. Fix that on the host, or write the file by hand from `vflane init`, and import again.',
  },
  {
    code: 'VF2283',
    severity: 'error',
    title: 'Part of the host could not be read, and the file may lack it',
    explanation:
      '`init` and `import` write down what they find. What could not be read (no root, no debugfs, a tool that fails) may still be there: the file may lack a card, a VM that holds a VF, or a bridge, and its plan may be empty only because nobody looked. The file is written and the exit code is 4. Fix what the finding names, and run the command again before you rely on the file.',
  },
  {
    code: 'VF2280',
    severity: 'error',
    title: 'The VF given here is not available',
    explanation:
      '`vf` says which VF of the pool a place on a network has. It must be in the pool, and no other place may have it. On legacy-vlan it is the VF of that number on both ports; on an overlay port 0’s pool is counted first and then port 1’s. Leave the key out, and vflane gives the first free one and keeps to it.',
  },
  {
    code: 'VF2281',
    severity: 'error',
    title: 'A place under as-found is malformed',
    explanation:
      'Write a place under `as-found` as a plan does: `"0000:03:00.0"` for a port, `"0000:03:00.0/3"` for a VF. A run of VFs, `"0000:03:00.0/2-7"`, begins with the smaller number.',
  },
  {
    code: 'VF2282',
    severity: 'error',
    title: 'A key under as-found is not known',
    explanation:
      'The keys under `as-found` are kinds of things as plans name them: vf-mac, vf-driver, pf-mtu, bridge and so on. This one is none of them, so it does not say what to leave alone. It is an error rather than ignored, because a typo would make vflane change what it was told to leave.',
  },
];
