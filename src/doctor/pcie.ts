import type { LinkWidth } from '../model/survey.ts';

/** Gigabits per second that a link carries: 128b/130b from 8 GT/s on, 8b/10b below (PCI Express Base Specification). */
export function capacityGbps({ speed, lanes }: LinkWidth): number {
  const rate = Number.parseFloat(speed);
  return rate * lanes * (rate < 8 ? 8 / 10 : 128 / 130);
}

export function isLess(one: LinkWidth, other: LinkWidth): boolean {
  return capacityGbps(one) < capacityGbps(other);
}

/** `16.0 GT/s x8 (126 Gb/s)`. */
export function linkText(link: LinkWidth): string {
  return `${link.speed.replace(/ PCIe$/, '')} x${link.lanes} (${Math.round(capacityGbps(link))} Gb/s)`;
}
