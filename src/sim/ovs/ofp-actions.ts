import type { PortLookup } from './ofp-match.ts';
import { BadFlow, portText } from './ofp-values.ts';

/** One action with its argument, rewritten as OpenFlow 1.0 with Nicira's extensions prints it. */
type Rewrite = (argument: string, port: PortLookup) => string;

const output: Rewrite = (argument, port) => {
  const number = port(argument);
  if (number === undefined) throw new BadFlow(`${argument}: output to unknown port`);
  return number >= 0xfff8 ? portText(number) : `output:${number}`;
};

const number =
  (name: string, max: number): Rewrite =>
  (argument) => {
    if (!/^(0x[0-9a-f]+|\d+)$/i.test(argument) || Number(argument) > max)
      throw new BadFlow(`${argument}: not a valid value for ${name}`);
    return `${name}:${Number(argument)}`;
  };

const mac =
  (name: string): Rewrite =>
  (argument) => {
    if (!/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(argument))
      throw new BadFlow(`${argument}: invalid Ethernet address`);
    return `${name}:${argument.toLowerCase()}`;
  };

const asIs =
  (name: string): Rewrite =>
  (argument) =>
    `${name}:${argument}`;

const nothing =
  (name: string): Rewrite =>
  () =>
    name;

const rewrites: { readonly [name: string]: Rewrite | undefined } = {
  output,
  normal: nothing('NORMAL'),
  flood: nothing('FLOOD'),
  all: nothing('ALL'),
  local: nothing('LOCAL'),
  in_port: nothing('IN_PORT'),
  controller: (argument) => `CONTROLLER:${argument === '' ? 65535 : Number(argument)}`,
  strip_vlan: nothing('strip_vlan'),
  pop_vlan: nothing('strip_vlan'),
  mod_vlan_vid: number('mod_vlan_vid', 4095),
  mod_vlan_pcp: number('mod_vlan_pcp', 7),
  mod_dl_src: mac('mod_dl_src'),
  mod_dl_dst: mac('mod_dl_dst'),
  dec_ttl: nothing('dec_ttl'),
  set_tunnel: (argument) => `set_tunnel:0x${Number(argument).toString(16)}`,
  goto_table: (argument) => `resubmit(,${Number(argument)})`,
  load: asIs('load'),
  move: asIs('move'),
  set_field: setField,
  set_queue: number('set_queue', 0xffffffff),
  note: asIs('note'),
};

/** `set_field:VALUE->FIELD`. */
function setField(argument: string): string {
  const [value = '', field = ''] = argument.split('->');
  const register = /^reg(\d+)$/.exec(field)?.[1];
  if (register !== undefined) return `load:0x${Number(value).toString(16)}->NXM_NX_REG${register}[]`;
  if (field === 'eth_dst' || field === 'dl_dst') return `mod_dl_dst:${value}`;
  if (field === 'eth_src' || field === 'dl_src') return `mod_dl_src:${value}`;
  if (field === 'tun_id') return `set_tunnel:0x${Number(value).toString(16)}`;
  throw new BadFlow(`${field} is not a valid OXM field name`);
}

/** Actions with an argument in parentheses are kept as they are. */
const nested = /^(resubmit|ct|learn|clone|check_pkt_larger|encap|decap)\(.*\)$/s;

/** A flow's actions as they are printed. @throws BadFlow */
export function parseActions(text: string, port: PortLookup): string {
  const parts = split(text);
  if (parts.length === 0) return 'drop';
  if (parts.includes('drop')) {
    if (parts.length > 1)
      throw new BadFlow('"drop" must not be accompanied by any other action or instruction');
    return 'drop';
  }
  return parts.map((part) => rewrite(part, port)).join(',');
}

function rewrite(part: string, port: PortLookup): string {
  if (nested.test(part)) return part;
  const [name = '', argument = ''] = part.split(/[:=](.*)/s);
  const key = name.toLowerCase();
  const known = Object.hasOwn(rewrites, key) ? rewrites[key] : undefined;
  if (known) return known(argument, port);
  if (argument === '' && port(name) !== undefined) return output(name, port);
  throw new BadFlow(`unknown action ${name}`);
}

/** Splits at commas and spaces outside parentheses. */
function split(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0 && /[,\s]/.test(char)) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${char}`);
  }
  return parts.filter((part) => part !== '');
}

/** OpenFlow 1.1 and later have other names for some. */
export function newerActions(actions: string): string {
  return actions
    .replace(/\bstrip_vlan\b/g, 'pop_vlan')
    .replace(/\bmod_dl_(src|dst):([0-9a-f:]+)/g, 'set_field:$2->eth_$1')
    .replace(/\bset_tunnel:(0x[0-9a-f]+)/g, 'set_field:$1->tun_id')
    .replace(/\bload:(0x[0-9a-f]+)->NXM_NX_REG(\d+)\[\]/g, 'set_field:$1->reg$2')
    .replace(/(^|,)resubmit\(,(\d+)\)$/, '$1resubmit(,$2)');
}
