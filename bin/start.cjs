// Starts the bundle with what V8 compiled of it when it was built: that halves the start, and parsing alone costs 10 ms.
// Without the cache, or with another Node, it starts all the same.
const { existsSync, readFileSync, renameSync, writeFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');

// As a package has it, the bundle stands beside this file, and nothing may be written there.
const installed = existsSync(join(__dirname, 'vflane.cjs'));
const root = installed ? __dirname : join(__dirname, '..');
const dist = installed ? __dirname : join(root, 'dist');
const bundle = join(dist, 'vflane.cjs');

const [verb, ...rest] = process.argv.slice(2);
const onlyVersion = (verb === '--version' || verb === '-V') && rest.length === 0;
if (!onlyVersion || !printedVersion()) start();

/** False where it cannot be written: the program itself knows what to say then. */
function printedVersion() {
  try {
    return writeSync(1, `${about().version}\n`) > 0;
  } catch {
    return false;
  }
}

function about() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

function start() {
  const { Script } = require('node:vm');
  const cache = cachePath();
  const wrapped = require('node:module').wrap(readFileSync(bundle, 'utf8'));
  const script = new Script(wrapped, { filename: bundle, cachedData: cached(cache) });
  // What ran until then is in the cache, so the build runs a verb.
  if (process.env.VFLANE_WRITE_CACHE) {
    process.on('exit', () => {
      writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
      renameSync(`${cache}.${process.pid}`, cache);
    });
  }
  const module = { exports: {}, id: bundle, filename: bundle };
  script.runInThisContext()(module.exports, require, module, bundle, dist);
}

/** V8 tells a stale cache by nothing but the length of the source: a package's is named after what is in the bundle. */
function cachePath() {
  return installed ? `/var/cache/vflane/${about().bundle}.cache` : join(dist, 'vflane.cache');
}

function cached(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
