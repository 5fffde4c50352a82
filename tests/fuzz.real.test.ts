// Nothing real: what the quick tests try at random, some times as often.
process.env.MANY_FAULTS = '1';
await import('../src/sim/invariants.test.ts');
await import('../src/fabric/fuzz.test.ts');

export {};
