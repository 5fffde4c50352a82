import type { CatalogueEntry } from './finding.ts';

/** VF227x, VF228x: a host that somebody set up by hand, taken over. */
export const importFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2270',
    severity: 'info',
    title: 'Some of this host is left as it was set up by hand',
    explanation:
      'The file lists places under `as-found`, as `vflane import` wrote them: what somebody set up by hand, with the value that was found there. vflane neither changes nor takes back anything at these places, and says so with every plan, because what is not its own is not held to what it promises. Take a line out, and the next plan shows the step by which vflane would make that place its own.',
  },
  {
    code: 'VF2271',
    severity: 'warning',
    title: 'What was set up by hand has changed since',
    explanation:
      'A place that the file leaves as it was found has another value now: somebody changed it, or a reboot took it, because nothing but vflane’s own comes back by itself. vflane does not put it back. Write the new value under `as-found`, or take the line out, so that vflane makes that place its own.',
  },
  {
    code: 'VF2272',
    severity: 'warning',
    title: 'A VF is in use on the untagged wire',
    explanation:
      'A process holds this VF, or a namespace has it, and it has no VLAN: it is on the untagged wire, where the hosts themselves may live, and where switches talk to each other. No network of a file is that wire. The import gives the VF to nobody and leaves it as it is; give it a VLAN and a guest in the file to have it kept apart.',
  },
  {
    code: 'VF2273',
    severity: 'warning',
    title: 'The two VFs of one place differ',
    explanation:
      'An attachment of legacy-vlan is the VF of one index on both ports, alike but for their MACs, so that either may carry it. Here the two have different VLANs, or only one of them is in use: when the port of the other one takes over, the guest is on another network or on none. The file has what the first port has, and leaves the second as it was found.',
  },
  {
    code: 'VF2274',
    severity: 'warning',
    title: 'A guest may send under any address',
    explanation:
      'The check of the sender (spoofchk) is off on this VF, or it has no MAC that could be checked: ip link shows 00:00:00:00:00:00 until somebody sets one. Whoever is root in the guest can take another guest’s address. The file keeps it so, to change nothing under a running guest. Take `spoofchk: false` and the line of vf-mac out, and apply while the guest is down.',
  },
  {
    code: 'VF2275',
    severity: 'warning',
    title: 'A guest is trusted',
    explanation:
      'The PF lets this VF change its own MAC and go promiscuous (`ip link set … vf N trust on`), so that the guest reads what is for others on the port. Nothing that vflane sets up needs it. The file keeps it so; take `trust: true` out to end it.',
  },
  {
    code: 'VF2276',
    severity: 'warning',
    title: 'A bridge that was made by hand keeps no tenants in',
    explanation:
      'This bridge stays as it is, and vflane’s own is not made: nothing checks under whose address its guests send, whether one answers DHCP or announces itself as a router, nor from whom tunnels are taken (facts §17). Its tunnels are not protected ports, so that three hosts loop, and after a reboot nobody brings its netdevs up. Take the lines of `bridge`, `bridge-port` and `flows` out of as-found to have vflane’s bridge instead: the plan says first which ports to take off the old one.',
  },
  {
    code: 'VF2277',
    severity: 'warning',
    title: 'A tunnel leads to a host that was not imported',
    explanation:
      'A bridge has a tunnel to an address that none of these hosts has. vflane makes tunnels between the hosts of a file, and this far end is none of them: its own side cannot be looked at, nor be changed together with this one. Import both ends at once: vflane import root@alpha root@beta.',
  },
  {
    code: 'VF2278',
    severity: 'warning',
    title: 'It cannot be told which network a bridge is',
    explanation:
      'The bridge has VFs’ representors as ports, and no tunnel with a VNI of its own: none at all, several that differ, or one whose key or remote address comes from flows (`key=flow`, `remote_ip=flow`), which only those flows know. The file gives the network an id that nothing uses. Put the id right before vflane makes a bridge of it.',
  },
  {
    code: 'VF2279',
    severity: 'error',
    title: 'What was found cannot be written as a file',
    explanation:
      'The host is so that a file that says it would be refused: the findings beside this one say why, such as one MAC or one address twice. Nothing was written. Put that right on the host, or write the file by hand from `vflane init`, and import again.',
  },
  {
    code: 'VF2283',
    severity: 'error',
    title: 'A part of the host could not be looked at, and the file may lack it',
    explanation:
      '`init` and `import` write down what they find. What could not be read (no root, no debugfs, a tool that answers with an error) is no proof that nothing is there: a file written without it may lack a card, a VM that holds a VF, or a bridge, and its plan would be empty for not having looked. The file is written and the exit code is 4. Mend what the finding names, and ask again before you go by the file.',
  },
  {
    code: 'VF2280',
    severity: 'error',
    title: 'A VF is given that is not to be had',
    explanation:
      '`vf` says which VF of the pool a place on a network has. Each is one of the pool and one place’s only: on legacy-vlan the VF of that number on both ports, on an overlay port 0’s pool is counted first and then port 1’s. Leave the key out, and vflane gives the first free one and keeps to it.',
  },
  {
    code: 'VF2281',
    severity: 'error',
    title: 'A place is none',
    explanation:
      'A place under `as-found` is written as a plan writes it: `"0000:03:00.0"` for a port, `"0000:03:00.0/3"` for a VF. A run of VFs, `"0000:03:00.0/2-7"`, begins with the smaller number.',
  },
  {
    code: 'VF2282',
    severity: 'error',
    title: 'Nothing has this name',
    explanation:
      'The keys under `as-found` are kinds of things as plans name them: vf-mac, vf-driver, pf-mtu, bridge and so on. This one is none of them, so that nobody would know what is to be left alone. It is an error rather than ignored, because a slip of the pen would have vflane change what it was told to leave.',
  },
];
