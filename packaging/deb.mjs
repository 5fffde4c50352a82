// Builds the Debian package: node packaging/deb.mjs [FOLDER]. The same commit gives the same package, byte for byte.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { copyrightText } from './copyright.mjs';

const root = resolve(import.meta.dirname, '..');
const debian = join(import.meta.dirname, 'debian');
const out = resolve(process.argv[2] ?? join(root, 'dist'));
const tree = mkdtempSync(join(tmpdir(), 'vflane-deb-'));

const changelog = readFileSync(join(debian, 'changelog'), 'utf8');
const [, version = ''] = /^vflane \(([^)]+)\)/.exec(changelog) ?? [];
const [, maintainer = ''] = /^ -- [^<]*<([^>]+)>/m.exec(changelog) ?? [];
const epoch = secondsOf();

try {
  run(process.execPath, ['build.mjs']);
  putProgram();
  putManual();
  putCompletions();
  putDocs();
  putControl();
  settle(tree);
  const name = `vflane_${version}_all.deb`;
  mkdirSync(out, { recursive: true });
  // One thread, so that xz's blocks do not depend on the machine.
  const env = { SOURCE_DATE_EPOCH: `${epoch}`, DPKG_DEB_THREADS_MAX: '1' };
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, join(out, name)], env);
  process.stdout.write(`${join(out, name)}\n`);
} finally {
  rmSync(tree, { recursive: true });
}

/** Of the last commit; without one, of the changelog. */
function secondsOf() {
  if (process.env.SOURCE_DATE_EPOCH) return Number(process.env.SOURCE_DATE_EPOCH);
  try {
    const log = ['log', '-1', '--format=%ct'];
    const stdio = ['ignore', 'pipe', 'ignore'];
    return Number(execFileSync('git', log, { cwd: root, encoding: 'utf8', stdio }));
  } catch {
    const [, date = ''] = /^ -- .*> {2}(.*)$/m.exec(changelog) ?? [];
    return Date.parse(date) / 1000;
  }
}

function run(program, words, env = {}) {
  const stdio = ['ignore', 'pipe', 'inherit'];
  return execFileSync(program, words, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio,
    encoding: 'utf8',
  });
}

function vflane(...words) {
  return run(process.execPath, ['bin/start.cjs', ...words]);
}

function put(path, text, mode = 0o644) {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

function copy(from, path) {
  put(path, readFileSync(join(root, from)));
}

/** gzip's own: without a name or a time, and as dense as it can. */
function putZipped(path, text) {
  const zipped = execFileSync('gzip', ['-9n'], { input: text });
  put(`${path}.gz`, zipped);
}

function putProgram() {
  copy('dist/vflane.cjs', 'usr/lib/vflane/vflane.cjs');
  copy('dist/vflane-agent.cjs', 'usr/lib/vflane/vflane-agent.cjs');
  copy('dist/vflane-report.cjs', 'usr/lib/vflane/vflane-report.cjs');
  const bundle = createHash('sha256')
    .update(readFileSync(join(root, 'dist/vflane.cjs')))
    .digest('hex');
  const { version: plain } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  put('usr/lib/vflane/package.json', `${JSON.stringify({ version: plain, bundle: bundle.slice(0, 16) })}\n`);
  put(
    'usr/lib/vflane/start.cjs',
    `#!/usr/bin/node\n${readFileSync(join(root, 'bin/start.cjs'), 'utf8')}`,
    0o755,
  );
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  symlinkSync('../lib/vflane/start.cjs', join(tree, 'usr/bin/vflane'));
  copy('bin/sample.yaml', 'usr/share/vflane/sample.yaml');
  put('usr/share/vflane/fabric.schema.json', vflane('schema'));
}

function putManual() {
  const pages = mkdtempSync(join(tmpdir(), 'vflane-man-'));
  try {
    vflane('manual', '--out', pages);
    for (const page of readdirSync(pages)) {
      putZipped(`usr/share/man/man${page.at(-1)}/${page}`, readFileSync(join(pages, page)));
    }
  } finally {
    rmSync(pages, { recursive: true });
  }
}

function putCompletions() {
  put('usr/share/bash-completion/completions/vflane', vflane('completion', 'bash'));
  put('usr/share/zsh/vendor-completions/_vflane', vflane('completion', 'zsh'));
  put('usr/share/fish/vendor_completions.d/vflane.fish', vflane('completion', 'fish'));
}

function putDocs() {
  const doc = 'usr/share/doc/vflane';
  copy('README.md', `${doc}/README.md`);
  for (const name of readdirSync(join(root, 'docs'))) {
    if (name.endsWith('.md')) copy(`docs/${name}`, `${doc}/docs/${name}`);
  }
  if (existsSync(join(root, 'docs/images'))) {
    cpSync(join(root, 'docs/images'), join(tree, doc, 'docs/images'), { recursive: true });
  }
  copy('scenarios/one-vm-guest/fabric.yaml', `${doc}/examples/one-vm-guest.yaml`);
  copy('scenarios/two-hosts/fabric.yaml', `${doc}/examples/two-hosts.yaml`);
  put(`${doc}/copyright`, copyrightText(root));
  putZipped(`${doc}/changelog.Debian`, changelog);
  put('usr/share/lintian/overrides/vflane', readFileSync(join(debian, 'lintian-overrides')));
}

function putControl() {
  const files = filesIn(tree).filter((path) => statSync(join(tree, path)).isFile());
  const kib = files.reduce((sum, path) => sum + Math.ceil(statSync(join(tree, path)).size / 1024), 0);
  const values = { VERSION: version, MAINTAINER: maintainer, SIZE: `${kib}` };
  const control = readFileSync(join(debian, 'control'), 'utf8');
  const sums = files
    .filter((path) => path !== 'usr/bin/vflane')
    .map(
      (path) =>
        `${createHash('md5')
          .update(readFileSync(join(tree, path)))
          .digest('hex')}  ${path}\n`,
    );
  put(
    'DEBIAN/control',
    control.replace(/@([A-Z]+)@/g, (_, key) => values[key]),
  );
  put('DEBIAN/md5sums', sums.join(''));
  put('DEBIAN/triggers', readFileSync(join(debian, 'triggers')));
  for (const name of ['postinst', 'prerm', 'postrm'])
    put(`DEBIAN/${name}`, readFileSync(join(debian, name)), 0o755);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

/** Whatever the umask, and whenever it was built. */
function settle(folder) {
  for (const path of [...filesIn(folder).reverse(), '.']) {
    const file = join(folder, path);
    if (path === 'usr/bin/vflane') continue;
    if (statSync(file).isDirectory()) chmodSync(file, 0o755);
    utimesSync(file, epoch, epoch);
  }
}
