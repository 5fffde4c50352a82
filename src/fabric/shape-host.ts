import * as z from 'zod/mini';
import { readConnect } from './connect.ts';
import { readCard, readPair, readPf } from './nic.ts';
import { guest } from './shape-guest.ts';
import { described, grammar, mapping, named, text, wholeNumber } from './shape-parts.ts';
import { underlay } from './shape-underlay.ts';

/** The most VFs that vflane makes on a port. */
const mostVfs = 256;

function nic() {
  const pfs = z.array(text('VF1033', readPf)).check(grammar('VF1033', readPair));
  return described(
    z.union([text('VF1033', readCard), described(pfs, 'Both PFs, port 0 first.', 'a list of two PFs')]),
    'The card (both ports), its two PFs, or software (no SR-IOV).',
    'a card such as "0000:03:00", a list of two PFs, or software',
  );
}

/** Values are compared and never acted on, so any value will do. */
function foundValue() {
  const whole = z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(z.unknown()),
    z.record(z.string(), z.unknown()),
  ]);
  return described(whole, 'The value that was found; null: nothing is there.', 'any value');
}

function asFound() {
  const places = z.record(z.string(), foundValue());
  return described(
    z.record(z.string(), described(places, 'Places and what was found there.', 'a mapping of places')),
    'What somebody set up by hand and vflane leaves as it is, with the value that was found; `vflane import` writes it.',
    'a mapping of kinds of things, such as vf-mac, to places and values',
  );
}

export function host() {
  return described(
    mapping({
      connect: described(
        text('VF1032', readConnect),
        'How the host is reached: an OpenSSH destination, local, lab:NAME, or sim:CARD[/KERNEL][?num-of-vfs=N].',
        'an OpenSSH destination such as root@alpha, local, lab:NAME, or sim:CARD',
      ),
      datapath: described(
        z.enum(['legacy-vlan', 'ovs-tc', 'ovs-dpdk']),
        'How the card is shared.',
        'legacy-vlan, ovs-tc or ovs-dpdk',
      ),
      nic: nic(),
      vfs: z.optional(
        described(
          wholeNumber(1, mostVfs),
          'VFs in the pool of each port; default: 8.',
          `a whole number from 1 to ${mostVfs}`,
        ),
      ),
      underlay: z.optional(underlay()),
      offload: z.optional(
        described(
          z.enum(['required', 'preferred', 'off']),
          'Whether the card must switch the tunnels itself; default: required.',
          'required, preferred or off',
        ),
      ),
      guests: z.optional(
        described(
          z.nullable(named(guest())),
          'Guests by name; a name occurs once in the file.',
          'a mapping of guest names',
        ),
      ),
      'as-found': z.optional(asFound()),
    }),
    'A machine with a card.',
    'a mapping { connect, datapath, nic, vfs, underlay, offload, guests, as-found }',
  );
}
