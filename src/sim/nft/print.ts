import { elementJson, ruleJson, ruleText } from './rule.ts';
import type { NftChain, NftTable } from './state.ts';

export function tableText(table: NftTable): string {
  const sets = table.sets.map((set) => {
    const flags = set.flags.length > 0 ? `\t\tflags ${set.flags.join(',')}\n` : '';
    const elements = set.elements.length > 0 ? `\t\telements = { ${set.elements.join(', ')} }\n` : '';
    return `\tset ${set.name} {\n\t\ttype ${set.type}\n${flags}${elements}\t}\n`;
  });
  return `table ${table.family} ${table.name} {\n${[...sets, ...table.chains.map(chainText)].join('\n')}}\n`;
}

function chainText(chain: NftChain): string {
  const { hook } = chain;
  const head = hook
    ? `\t\ttype ${hook.type} hook ${hook.hook} priority ${priorityText(hook.priority)}; policy ${hook.policy};\n`
    : '';
  return `\tchain ${chain.name} {\n${head}${chain.rules.map((rule) => `\t\t${ruleText(rule)}\n`).join('')}\t}\n`;
}

/** Near a name it is told by the name. */
function priorityText(priority: number): string {
  if (priority === 0) return 'filter';
  if (Math.abs(priority) <= 10) return `filter ${priority < 0 ? '-' : '+'} ${Math.abs(priority)}`;
  const names: { readonly [value: string]: string | undefined } = {
    '-300': 'raw',
    '-150': 'mangle',
    '50': 'security',
  };
  return names[String(priority)] ?? String(priority);
}

export function rulesetJson(tables: readonly NftTable[], version: string, release: string): string {
  const metainfo = { metainfo: { version, release_name: release, json_schema_version: 1 } };
  return `${JSON.stringify({ nftables: [metainfo, ...tables.flatMap(tableJson)] })}\n`;
}

export function tableHead(table: NftTable): unknown {
  return { table: { family: table.family, name: table.name, handle: table.handle } };
}

function tableJson(table: NftTable): readonly unknown[] {
  const { family, name } = table;
  const sets = table.sets.map((set) => ({
    set: {
      family,
      name: set.name,
      table: name,
      type: set.type,
      handle: set.handle,
      ...(set.flags.length > 0 ? { flags: set.flags } : {}),
      ...(set.elements.length > 0 ? { elem: set.elements.map(elementJson) } : {}),
    },
  }));
  const chains = table.chains.map((chain) => {
    const { hook } = chain;
    const base = hook ? { type: hook.type, hook: hook.hook, prio: hook.priority, policy: hook.policy } : {};
    return { chain: { family, table: name, name: chain.name, handle: chain.handle, ...base } };
  });
  const rules = table.chains.flatMap((chain) =>
    chain.rules.map((rule) => ruleJson(rule, { family, table: name, chain: chain.name })),
  );
  return [tableHead(table), ...sets, ...chains, ...rules];
}
