import type { Transcript } from '../host/transcript.ts';
import { transcriptHost } from '../host/transcript-host.ts';
import type { HostState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import { type Ledger, type LedgerEntry, ledgerKey } from '../model/ledger.ts';
import { asPciAddress } from '../model/names.ts';
import { observe, type Sections } from '../observe/observe.ts';

type Fields = { readonly [key: string]: unknown };

/** Sections whose items are PCI addresses. */
const pciSections: ReadonlySet<string> = new Set(['pfs', 'functions']);

/** What was looked at when a transcript was recorded; everything else is left out. */
export function sectionsOf({ sections }: Pick<Transcript, 'sections'>): Sections {
  const given = Object.entries(fields(sections)).flatMap(sectionOf);
  return { ...nothing, ...Object.fromEntries(given) };
}

const nothing: Sections = { pfs: [], namespaces: [], routes: [], overlay: false };
const isList = (name: string) => typeof nothing[name as keyof Sections] !== 'boolean';

type Section = readonly [string, boolean | readonly string[]];

function sectionOf([name, value]: readonly [string, unknown]): readonly Section[] {
  if (typeof value === 'boolean') return name in nothing && isList(name) ? [] : [[name, value]];
  if (!Array.isArray(value) || !isList(name)) return [];
  const isPci = pciSections.has(name);
  return [[name, isPci ? texts(value).flatMap((text) => asPciAddress(text) ?? []) : texts(value)]];
}

/** What vflane held on the host. */
export function ledgerOf({ ledger }: Pick<Transcript, 'ledger'>): Ledger {
  const { entries, allocation } = fields(ledger);
  const places = (Array.isArray(entries) ? entries : []).flatMap(asEntry);
  const numbers = Object.entries(fields(allocation)).filter(([, index]) => typeof index === 'number');
  return {
    entries: new Map(places.map((entry) => [ledgerKey(entry.resource, entry.at), entry])),
    allocation: Object.fromEntries(numbers) as Ledger['allocation'],
  };
}

function asEntry(value: unknown): readonly LedgerEntry[] {
  const { resource, at, value: made = null, was = null } = fields(value);
  if (typeof resource !== 'string' || typeof at !== 'string') return [];
  return [{ resource, at, value: made as Json, was: was as Json }];
}

/** The host as it was. @throws HostError of kind `lost` if the transcript was recorded by a version that asked differently */
export function observeTranscript(transcript: Transcript): Promise<HostState> {
  return observe(transcriptHost(transcript), sectionsOf(transcript));
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
