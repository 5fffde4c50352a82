const units: { readonly [unit: string]: number | undefined } = {
  '': 1000,
  us: 0.001,
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minutes: 60_000,
  h: 3_600_000,
};

/** A time span in milliseconds (systemd.time(7)); undefined if it is not one. */
export function spanMs(text: string): number | undefined {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  const parts = [...text.matchAll(/\s*(\d+(?:\.\d+)?)\s*([a-z]*)/gy)];
  const known = parts.map(([, number, unit = '']) => {
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
    return Number(number) * (factor ?? Number.NaN);
  });
  const total = known.reduce((sum, ms) => sum + ms, 0);
  const whole = parts.map(([part]) => part).join('') === text;
  return parts.length > 0 && whole && Number.isFinite(total) ? total : undefined;
}
