// Nothing real: the ways there and back of the quick tests, of every scenario.
process.env.MANY_FAULTS = '1';
await import('./scenarios.test.ts');

export {};
