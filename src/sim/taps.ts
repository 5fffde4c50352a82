import type { Netdev } from './state.ts';

/** As `ip -d` shows it (drivers/net/tun.c, tun_fill_info). */
export function tapInfo(more: Partial<Netdev['info']> = {}): Netdev['info'] {
  const info: Netdev['info'] = { type: 'tap', pi: false, vnet_hdr: false, multi_queue: false, persist: true };
  for (const [key, value] of Object.entries(more)) if (value !== undefined) info[key] = value;
  return info;
}
