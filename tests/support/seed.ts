import fc from 'fast-check';

// A test that fails on one run and passes on the next says nothing about the change between them.
// FUZZ=new tries other values; fast-check prints the seed of a failure.
if (process.env.FUZZ !== 'new') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 });
