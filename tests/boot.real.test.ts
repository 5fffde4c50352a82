// Nothing real: the starts of the quick tests, for every scenario, and with the power lost at more places.
process.env.MANY_FAULTS = '1';
await import('./boot.test.ts');
await import('./boot-power-loss.test.ts');

export {};
