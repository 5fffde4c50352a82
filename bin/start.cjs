// Starts the bundle with V8's compiled code from the build, which halves the start: parsing alone costs 10 ms.
// It starts just as well without the cache, or with another Node.
const { existsSync, readFileSync, renameSync, writeFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');

// In a package, the bundle is beside this file, in a folder that must not be written to.
const installed = existsSync(join(__dirname, 'vflane.cjs'));
const root = installed ? __dirname : join(__dirname, '..');
const dist = installed ? __dirname : join(root, 'dist');
const bundle = join(dist, 'vflane.cjs');

const [verb, ...rest] = process.argv.slice(2);
const onlyVersion = (verb === '--version' || verb === '-V') && rest.length === 0;
if (!onlyVersion || !printedVersion()) start();

/** False if it cannot be written: the program itself then reports that. */
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
  // The cache holds the code that has run until then, so the build runs a verb.
  if (process.env.VFLANE_WRITE_CACHE) {
    process.on('exit', () => {
      writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
      renameSync(`${cache}.${process.pid}`, cache);
    });
  }
  const module = { exports: {}, id: bundle, filename: bundle };
  script.runInThisContext()(module.exports, require, module, bundle, dist);
}

/** V8 recognizes a stale cache only by the length of the source: a package's cache is named after the bundle's content. */
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
