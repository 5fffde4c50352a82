import { describe, expect, test } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { exitCodeTexts } from './exit-codes.ts';
import { manualPages } from './manual-pages.ts';
import { roffLiteral, roffProse } from './roff.ts';
import { globalOptions, verbs } from './verbs.ts';

const pages = new Map(
  manualPages({ verbs, everywhere: globalOptions, version: '1.2.3' }).map(({ file, text }) => [file, text]),
);
const shown = verbs.filter((verb) => verb.hidden !== true);

describe('the manual', () => {
  test.each(shown)('has a page of $name with its options, arguments and example', (verb) => {
    const text = pages.get(`vflane-${verb.name.replaceAll(' ', '-')}.1`) ?? '';
    expect(text).toContain(roffLiteral(verb.example));
    for (const { form } of [...verb.options, ...globalOptions]) {
      for (const word of form.match(/--[a-z-]+|(?<=^|\s)-[a-z]\b/g) ?? [])
        expect(text).toContain(roffLiteral(word));
    }
    for (const { form } of verb.arguments) expect(text).toContain(roffLiteral(form));
  });

  test('names every verb in vflane(1), and none that is hidden', () => {
    const text = pages.get('vflane.1') ?? '';
    const named = [...text.matchAll(/^\\fBvflane (.+)\\fR$/gm)].map(([, name = '']) =>
      name.replaceAll('\\-', '-'),
    );
    expect(named).toEqual(shown.map(({ name }) => name));
  });

  test('has every finding and every exit code', () => {
    const findings = pages.get('vflane-findings.7') ?? '';
    for (const { code } of catalogue) expect(findings).toContain(`${code}\\fR`);
    for (const { title } of catalogue) expect(findings).toContain(roffLiteral(title));
    for (const [code] of exitCodeTexts) expect(pages.get('vflane.1')).toContain(`\\fB${code}\\fR`);
  });

  test('has every key of the file, also below names and lists', () => {
    const text = pages.get('fabric.yaml.5') ?? '';
    const keys = [...text.matchAll(/^\.TP\n\\fB(\S+)\\fR/gm)].map(([, key = '']) =>
      key.replaceAll('\\-', '-'),
    );
    expect(keys).toEqual([...new Set(keys)]);
    expect(keys).toEqual(
      expect.arrayContaining([
        ...['name', 'networks.NAME.id', 'networks.NAME.uplink.vlan', 'hosts.NAME.datapath'],
        ...['hosts.NAME.underlay.routes.via', 'hosts.NAME.guests.NAME.vm.disk'],
        'hosts.NAME.guests.NAME.networks.NAME.max-rate',
      ]),
    );
    expect(text).toContain('\\fBlegacy\\-vlan\\fR, \\fBovs\\-tc\\fR, \\fBovs\\-dpdk\\fR');
  });

  test('is ASCII, and no text of a table becomes a request', () => {
    for (const text of pages.values()) {
      expect(text).toMatch(/^[\n -~]*$/);
      for (const [request = ''] of text.matchAll(/^[.'].*/gm))
        expect(request).toMatch(/^\.(TH|SH|TP|PP|EX|EE|BR)\b/);
    }
  });

  test('a sentence that looks like a request is text', () => {
    expect(roffProse('.so /etc/passwd')).toBe('\\&.so /etc/passwd');
    expect(roffProse("'x \\n y’s `a-b`")).toBe("\\&'x \\en y\\[u2019]s \\fBa\\-b\\fR");
  });
});
