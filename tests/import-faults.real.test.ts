// Nothing real: every way of setting a host up by hand, taken over while something goes wrong.
process.env.MANY_FAULTS = '1';
await import('./import-faults.test.ts');

export {};
