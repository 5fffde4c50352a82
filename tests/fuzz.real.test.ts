// Nothing real: the random tries of the quick tests, several times as many.
process.env.MANY_FAULTS = '1';
await import('../src/sim/invariants.test.ts');
await import('../src/fabric/fuzz.test.ts');

export {};
