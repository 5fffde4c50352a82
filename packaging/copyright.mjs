import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package's copyright file (DEP-5): vflane's own licence, and of every npm package in the bundle its own words. */
export function copyrightText(root) {
  const bundled = JSON.parse(readFileSync(join(root, 'dist/bundled.json'), 'utf8')).map((name) =>
    about(root, name),
  );
  const holders = [...new Set(bundled.flatMap(({ holders: some }) => some))];
  const names = bundled.map(({ name, version, shortName }) => `${name} ${version}: ${shortName}`);
  return `${[
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: vflane',
    '',
    'Files: *',
    'Copyright: vflane maintainers',
    'License: Apache-2.0',
    '',
    'Files: usr/lib/vflane/vflane.cjs usr/lib/vflane/vflane-agent.cjs usr/lib/vflane/vflane-report.cjs',
    `Copyright: ${['vflane maintainers', ...holders].join('\n           ')}`,
    `License: ${['Apache-2.0', ...bundled.map(({ shortName }) => shortName)].join(' and ')}`,
    'Comment: The program in one file, and its charts in another, with these npm packages in them:',
    ...names.map((line) => ` ${line}`),
    '',
    'License: Apache-2.0',
    ' On Debian systems, the text of the Apache License, version 2.0, is in',
    ' /usr/share/common-licenses/Apache-2.0.',
    ...bundled.flatMap(({ shortName, text }) => ['', `License: ${shortName}`, ...indented(text)]),
  ].join('\n')}\n`;
}

function about(root, name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const text = licenceFiles(folder)
    .map((file) => withoutApache(readFileSync(file, 'utf8').trim()))
    .join('\n\n');
  if (text === '') throw new Error(`npm package ${name} is in the bundle, and has no licence file`);
  const holders = [...text.matchAll(/^\s*Copyright (.*\d{4}.*)$/gim)].map(([, holder]) => holder.trim());
  return { name, version, text, shortName: `${license}~${name.replace(/[^a-z0-9.]+/gi, '-')}`, holders };
}

/** DEP-5: a blank line is a dot. */
function indented(text) {
  return text.split(/\r?\n/).map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`));
}

/** Files of its licence, and of what it has taken in itself; some have a folder of them. */
function licenceFiles(folder) {
  const named = readdirSync(folder, { withFileTypes: true }).filter(({ name }) =>
    /^(licen[cs]e|notice|copying)/i.test(name),
  );
  const files = named.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  });
  return files.sort();
}

/** Debian has that text once for all (policy 12.5). */
function withoutApache(text) {
  return text.replace(
    /^[ ]*Apache License\s+Version 2\.0, January 2004[\s\S]*?END OF TERMS AND CONDITIONS([\s\S]*?limitations under the License\.)?/m,
    'On Debian systems, the text of the Apache License, version 2.0, is in\n/usr/share/common-licenses/Apache-2.0.',
  );
}
