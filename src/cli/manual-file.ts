import { fabricSchema } from '../fabric/json-schema.ts';
import { entry, example, roffLiteral, roffProse, section } from './roff.ts';

/** As much of a JSON Schema as the file's own uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: { readonly [key: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

/** fabric.yaml(5). */
export const fabricPage = {
  about: 'what is wanted of the hosts of a fabric',
  lines: (): readonly string[] => [
    ...section(
      'DESCRIPTION',
      roffProse(
        'The file says which networks there are, which hosts with which cards, and which guests on them are on which networks. Everything else follows from it: VFs, MAC addresses, bonds, bridges, tunnels, flows, MTUs, hugepages. `vflane validate` says everything that is wrong with a file, with its line; `vflane plan` shows all that follows.',
      ),
      '.PP',
      roffProse(
        'It is YAML. `vflane schema` prints its JSON Schema, for editors; the package has it in `/usr/share/vflane/fabric.schema.json`.',
      ),
    ),
    ...section(
      'KEYS',
      roffProse('`NAME` stands for a name of your own: small letters, digits and hyphens.'),
      ...keysOf(fabricSchema(), '').flatMap(keyEntry),
    ),
    ...section('EXAMPLE', ...example(...sample)),
    ...section('SEE ALSO', '.BR vflane (1),', '.BR vflane\\-validate (1),', '.BR vflane\\-findings (7)'),
  ],
} as const;

const sample = [
  'name: rack7',
  'networks:',
  '  storage: { id: 42, mtu: 9000, subnet: 192.168.10.0/24 }',
  'hosts:',
  '  alpha:',
  '    connect: root@alpha',
  '    datapath: legacy-vlan',
  '    nic: "0000:03:00"',
  '    vfs: 16',
  '    guests:',
  '      ceph1:',
  '        netns: true',
  '        networks:',
  '          storage: 192.168.10.2/24',
];

interface Key {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** Every key with its allowed values, in the order of the file; a key that occurs in two alternatives only once. */
function keysOf(schema: Schema, above: string): readonly Key[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, below]) => {
    const path = above === '' ? name : `${above}.${name}`;
    return [
      { path, schema: below, required: schema.required?.includes(name) ?? false },
      ...keysOf(below, path),
    ];
  });
  const { additionalProperties: any } = schema;
  const named = typeof any === 'object' ? keysOf(any, `${above}.NAME`) : [];
  const others = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  const all = [...own, ...named, ...others.flatMap((one) => keysOf(one, above))];
  return [...new Map(all.map((key) => [key.path, key] as const).reverse()).values()].reverse();
}

function keyEntry({ path, schema, required }: Key): readonly string[] {
  const values = valuesOf(schema);
  const said = [schema.description ?? '', values === '' ? '' : `Its value: ${values}.`];
  const needed = required ? ' (required)' : '';
  return entry(`\\fB${roffLiteral(path)}\\fR${needed}`, ...said.filter((text) => text !== '').map(roffProse));
}

/** In words; empty if there is nothing to say but its keys. */
function valuesOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if (schema.anyOf)
    return [...new Set(schema.anyOf.map(valuesOf).filter((text) => text !== ''))].join(', or ');
  if (schema.items) return `a list of ${valuesOf(schema.items) || 'mappings'}`;
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (schema.type === 'boolean') return '`true` or `false`';
  const types = [schema.type ?? []].flat();
  const words: { readonly [type: string]: string | undefined } = {
    string: 'text',
    number: 'a number',
    integer: 'a number',
  };
  return types.flatMap((type) => words[type] ?? []).join(', or ');
}
