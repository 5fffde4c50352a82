// Nothing real: the plans of the quick tests, with as many faults as fit in a minute.
process.env.MANY_FAULTS = '1';
await import('./faults.test.ts');

export {};
