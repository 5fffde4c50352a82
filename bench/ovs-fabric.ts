/**
 * A host with this many guests on this many networks, each a port of Open vSwitch. Without `spoofchk`, each port has a
 * single flow that lets everything through, as a bridge made by hand would.
 */
export function ovsFabricText(ports: number, networks: number, spoofchk = true): string {
  const names = Array.from({ length: networks }, (_, n) => `net${n}`);
  const guest = (n: number) => {
    const [network, place] = [n % networks, Math.floor(n / networks) + 2];
    const address = `10.${network}.${place >> 8}.${place & 255}/16`;
    return `      vm${n}: { external: true, networks: { net${network}: { address: ${address}, spoofchk: ${spoofchk} } } }`;
  };
  return [
    'name: rack7',
    'networks:',
    ...names.map((name, n) => `  ${name}: { id: ${42 + n}, subnet: 10.${n}.0.0/16 }`),
    'hosts:',
    '  alpha:',
    '    connect: local',
    '    datapath: ovs-tc',
    '    nic: software',
    '    underlay: { address: 192.168.9.2/24, adopt: true }',
    '    guests:',
    ...Array.from({ length: ports }, (_, n) => guest(n)),
    '',
  ].join('\n');
}
