import type { Fabric, Source } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { complete } from './complete.ts';
import { type Cursor, child, textOf, withoutWrong } from './cursor.ts';
import { pathOf, pathText, shownAt, spotAt } from './place.ts';
import { readHosts } from './read-hosts.ts';
import { readNetworks } from './read-networks.ts';
import type { Reading } from './reading.ts';
import type { WhereOf } from './rule.ts';
import { rules } from './rules.ts';
import { fabricShape } from './shape.ts';
import { type Shown, shapeFindings } from './shape-findings.ts';
import { readYaml } from './yaml-text.ts';

export interface Parsed {
  /** Present only if no finding is an error. */
  readonly fabric?: Fabric;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
}

/** The text of a fabric file → the fabric, or everything that is wrong with it. Never throws on any text. */
export function parseFabric(text: string, file: string): Parsed {
  const yaml = readYaml(text, file);
  if (!yaml.value) return { findings: inOrder(yaml.findings) };
  const shape = shapeFindings(fabricShape(), yaml.value, yaml);
  withoutWrong(
    yaml.value,
    shape.map((one) => one.path),
  );
  const reading = readFile({ path: [], spot: yaml.root, value: yaml.value });
  const where = whereOf(yaml);
  const found = rules.flatMap((rule) => rule(reading, where));
  const told = shape
    .map((one) => one.finding)
    .filter(({ where: { path = '' } }) => !yaml.unread.includes(path));
  const findings = inOrder([...yaml.findings, ...told, ...found]);
  if (findings.some((one) => one.severity === 'error')) return { findings };
  return { fabric: complete(reading, sourceOf(yaml)), findings };
}

function readFile(top: Cursor): Reading {
  const name = textOf(child(top, 'name'));
  return {
    name: name === undefined ? undefined : { value: name, path: ['name'] },
    networks: readNetworks(child(top, 'networks')),
    hosts: readHosts(child(top, 'hosts')),
  };
}

function whereOf({ file, root, placeOf }: Shown): WhereOf {
  return (path, on) => {
    const spot = spotAt(root, path);
    return { file, ...placeOf(on === 'key' ? spot.keyAt : shownAt(spot)), path: pathText(path) };
  };
}

/** Computes a place only when it is asked for: a large file has half a million of them. */
function sourceOf({ file, root, placeOf }: Shown): Source {
  return {
    file,
    places: { get: (path: string) => placeOf(shownAt(spotAt(root, pathOf(path)))) },
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const order = (a: Finding, b: Finding) =>
    (a.where.line ?? 0) - (b.where.line ?? 0) ||
    (a.where.col ?? 0) - (b.where.col ?? 0) ||
    (a.code < b.code ? -1 : 1);
  return [...findings].sort(order);
}
