import type { Datapath, FabricHost, Nic } from '../model/fabric.ts';
import { type Found, placesIn } from '../model/found.ts';
import type { Json } from '../model/json.ts';
import { readAddress, readHostCidr, readRoute } from './address.ts';
import { readConnect } from './connect.ts';
import {
  type At,
  allOf,
  booleanOf,
  type Cursor,
  child,
  children,
  entries,
  isBroken,
  isGiven,
  isList,
  numberOf,
  readOf,
  textOf,
} from './cursor.ts';
import { isWrong, type Read } from './grammar.ts';
import { readCard, readPfs, readPort } from './nic.ts';
import { readGuests } from './read-guests.ts';
import { defaultVfs, type ReadHost, type ReadUnderlay } from './reading.ts';

export function readHosts(hosts: Cursor): readonly ReadHost[] {
  return entries(hosts).map(readHost);
}

function readHost(host: Cursor): ReadHost {
  const at = (key: string) => child(host, key);
  const vfs = at('vfs');
  return {
    key: String(host.path.at(-1)),
    path: host.path,
    connect: readOf(at('connect'), readConnect),
    connectText: textOf(at('connect')),
    // The shape has already refused every other word.
    datapath: textOf(at('datapath')) as Datapath | undefined,
    nic: readNic(at('nic')),
    vfs: isBroken(vfs) ? undefined : (numberOf(vfs) ?? defaultVfs),
    underlayGiven: isGiven(at('underlay')),
    underlay: isGiven(at('underlay')) ? readUnderlay(at('underlay')) : undefined,
    offload: textOf(at('offload')) as FabricHost['offload'] | undefined,
    guests: readGuests(at('guests')),
    asFound: readAsFound(at('as-found')),
    noPlaces: noPlaces(at('as-found')),
  };
}

function readAsFound(kinds: Cursor): readonly Found[] {
  return children(kinds).flatMap((kind) =>
    children(kind).flatMap((place) => {
      if (place.value === undefined) return [];
      // Mappings of the file have no prototype, which a comparison would take as a difference.
      const value = JSON.parse(JSON.stringify(place.value)) as Json;
      const resource = String(kind.path.at(-1));
      return placesIn(String(place.path.at(-1))).map((at) => ({ resource, at, value }));
    }),
  );
}

/** Runs of VFs that go backwards. */
function noPlaces(kinds: Cursor): readonly At<string>[] {
  const keys = children(kinds).flatMap((kind) =>
    children(kind).map(({ path }) => ({ value: String(path.at(-1)), path })),
  );
  return keys.filter(({ value }) => placesIn(value).length === 0);
}

function readNic(nic: Cursor): Nic | undefined {
  if (!isList(nic)) return readOf(nic, readCard);
  const pfs = readPfs(children(nic).flatMap((pf) => textOf(pf) ?? []));
  return isWrong(pfs) ? undefined : pfs.value;
}

function readUnderlay(underlay: Cursor): ReadUnderlay {
  const full = textOf(underlay) === undefined;
  return {
    path: underlay.path,
    address: first(full ? child(underlay, 'address') : underlay, readHostCidr),
    vlan: numberOf(child(underlay, 'vlan')),
    routes: children(child(underlay, 'routes')).map((route) => ({
      to: first(child(route, 'to'), readRoute),
      via: first(child(route, 'via'), readAddress),
    })),
    arpTargets: allOf(child(underlay, 'arp-targets'), readAddress),
    ports: allOf(child(underlay, 'ports'), readPort),
    portsGiven: isGiven(child(underlay, 'ports')),
    adopt: booleanOf(child(underlay, 'adopt')) ?? false,
  };
}

function first<T>(cursor: Cursor, read: (text: string) => Read<T>): At<T> | undefined {
  const value = readOf(cursor, read);
  return value === undefined ? undefined : { value, path: cursor.path };
}
