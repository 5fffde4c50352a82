import { perLine, priorityText } from './elements.ts';
import { elementJson, ruleJson, ruleText } from './rule.ts';
import type { NftChain, NftSet, NftTable } from './state.ts';

export function tableText(table: NftTable): string {
  const sets = table.sets.map((set) => {
    const flags = set.flags.length > 0 ? `\t\tflags ${set.flags.join(',')}\n` : '';
    const elements = set.elements.length > 0 ? `\t\telements = { ${elementsText(set)} }\n` : '';
    return `\tset ${set.name} {\n\t\ttype ${set.type}\n${flags}${elements}\t}\n`;
  });
  return `table ${table.family} ${table.name} {\n${[...sets, ...table.chains.map((chain) => chainText(table, chain))].join('\n')}}\n`;
}

/** A long set is wrapped. */
function elementsText(set: NftSet): string {
  const words = set.elements.map((element) => (set.type === 'ifname' ? `"${element}"` : element));
  const wrap = perLine(set.type);
  return words
    .map((word, i) => (i === 0 ? word : `${i % wrap === 0 ? ',\n\t\t\t     ' : ', '}${word}`))
    .join('');
}

function chainText({ family }: NftTable, chain: NftChain): string {
  const { hook } = chain;
  const head = hook
    ? `\t\ttype ${hook.type} hook ${hook.hook} priority ${priorityText(family, hook.hook, hook.priority)}; policy ${hook.policy};\n`
    : '';
  return `\tchain ${chain.name} {\n${head}${chain.rules.map((rule) => `\t\t${ruleText(rule)}\n`).join('')}\t}\n`;
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
