// Starts the bundle with what V8 compiled of it when it was built: that halves the start, and parsing alone costs 10 ms.
// Without the cache, or with another Node, it starts all the same.
const { readFileSync, renameSync, writeFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const bundle = join(root, 'dist', 'vflane.cjs');
const cache = join(root, 'dist', 'vflane.cache');

const [verb, ...rest] = process.argv.slice(2);
const onlyVersion = (verb === '--version' || verb === '-V') && rest.length === 0;
if (!onlyVersion || !printedVersion()) start();

/** False where it cannot be written: the program itself knows what to say then. */
function printedVersion() {
  try {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return writeSync(1, `${version}\n`) > 0;
  } catch {
    return false;
  }
}

function start() {
  const { Script } = require('node:vm');
  const wrapped = require('node:module').wrap(readFileSync(bundle, 'utf8'));
  const script = new Script(wrapped, { filename: bundle, cachedData: cached() });
  // What ran until then is in the cache, so the build runs a verb.
  if (process.env.VFLANE_WRITE_CACHE) {
    process.on('exit', () => {
      writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
      renameSync(`${cache}.${process.pid}`, cache);
    });
  }
  const module = { exports: {}, id: bundle, filename: bundle };
  script.runInThisContext()(module.exports, require, module, bundle, join(root, 'dist'));
}

function cached() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}
