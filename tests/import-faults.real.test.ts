// Nothing real: every way of setting up a host by hand, adopted while something fails.
process.env.MANY_FAULTS = '1';
await import('./import-faults.test.ts');

export {};
