/** What a tunnel adds to a packet, in bytes: the inner Ethernet header, VXLAN, UDP and the outer IP header (facts §7.4). */
export function tunnelOverhead(underlayAddress: string): number {
  return 14 + 8 + 8 + (underlayAddress.includes(':') ? 40 : 20);
}

/** `1500 + 14 Ethernet + 8 VXLAN + 8 UDP + 20 IPv4 = 1550`. */
export function arithmeticText(inner: number, underlayAddress: string): string {
  const ip = underlayAddress.includes(':') ? '40 IPv6' : '20 IPv4';
  return `${inner} + 14 Ethernet + 8 VXLAN + 8 UDP + ${ip} = ${inner + tunnelOverhead(underlayAddress)}`;
}
