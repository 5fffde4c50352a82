/** Cards by the id of their PFs (pci.ids; facts §3.3). */
const models: ReadonlyMap<string, string> = new Map([
  ['15b3:1013', 'ConnectX-4'],
  ['15b3:1015', 'ConnectX-4 Lx'],
  ['15b3:1017', 'ConnectX-5'],
  ['15b3:1019', 'ConnectX-5 Ex'],
  ['15b3:101b', 'ConnectX-6'],
  ['15b3:101d', 'ConnectX-6 Dx'],
  ['15b3:101f', 'ConnectX-6 Lx'],
  ['15b3:1021', 'ConnectX-7'],
  ['15b3:1023', 'ConnectX-8'],
  ['15b3:a2d6', 'BlueField-2'],
  ['15b3:a2dc', 'BlueField-3'],
  ['8086:10c9', 'Intel 82576'],
  ['8086:1521', 'Intel I350'],
  ['8086:1572', 'Intel X710'],
  ['8086:1592', 'Intel E810-C'],
]);

/** `ConnectX-5 Ex`; undefined for an unknown id. */
export function modelOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : models.get(id);
}
