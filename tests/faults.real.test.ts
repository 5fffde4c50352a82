// Nothing real: the walks of the quick tests, with as many faults as a minute allows.
process.env.MANY_FAULTS = '1';
await import('./faults.test.ts');

export {};
