// Nothing real: the quick tests' applies and ways back, for every scenario.
process.env.MANY_FAULTS = '1';
await import('./scenarios.test.ts');

export {};
