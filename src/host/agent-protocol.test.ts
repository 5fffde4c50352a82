import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asLine, LineSplitter, LineTooLong, parseFromAgent, parseRequest } from './agent-protocol.ts';
import { errorFromJson, errorToJson } from './error-json.ts';
import { HostError } from './host.ts';
import { StoreDamaged, StoreFailed, StoreLocked } from './store.ts';

describe('lines', () => {
  it('are the same however the bytes are chunked', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')));
    fc.assert(
      fc.property(texts, fc.array(fc.nat({ max: 9 })), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter();
        const read: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          read.push(...splitter.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        read.push(...splitter.push(bytes.subarray(at)));
        expect(read).toEqual(lines.map((line) => Buffer.from(line).toString('utf8')));
      }),
    );
  });

  it('have a length limit, even if the newline never comes', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from(`${'x'.repeat(100)}\n`))).toHaveLength(1);
    splitter.push(Buffer.alloc(60, 'x'));
    expect(() => splitter.push(Buffer.alloc(60, 'x'))).toThrow(LineTooLong);
  });
});

describe('messages', () => {
  it('arrive as they were sent', () => {
    const request = fc.record({ id: fc.maxSafeInteger(), method: fc.string(), params: fc.jsonValue() });
    fc.assert(
      fc.property(request, (message) => {
        expect(parseRequest(asLine(message))).toEqual(JSON.parse(JSON.stringify(message)));
      }),
    );
  });

  it('of any other form are ignored without a failure', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('null', '[]', '{"id":"1","method":"run"}', '{"id":1.5}'),
    );
    fc.assert(
      fc.property(text, (line) => {
        const request = parseRequest(line);
        if (request !== undefined) expect(request.method).toBeTypeOf('string');
        const said = parseFromAgent(line);
        if (said !== undefined) expect('id' in said || 'hello' in said || 'alive' in said).toBe(true);
      }),
    );
    expect(parseRequest('{"id":1.5,"method":"run"}')).toBeUndefined();
    expect(parseFromAgent('{"hello":"vflane-agent","protocol":"1","version":"0"}')).toBeUndefined();
  });
});

describe('errors', () => {
  it('of a host survive with all their details and causes', () => {
    const cause = Object.assign(new Error('write EPIPE'), { name: 'SystemError' });
    const error = new HostError(
      {
        kind: 'exit',
        host: 'alpha',
        argv: ['ip', '-batch', '-'],
        exitCode: 2,
        stdout: '',
        stderr: 'größe\n',
        hint: 'x',
      },
      cause,
    );
    const back = errorFromJson(JSON.parse(JSON.stringify(errorToJson(error))));
    expect(back).toBeInstanceOf(HostError);
    expect(back).toMatchObject({ message: error.message, details: error.details });
    expect(back.cause).toMatchObject({ name: 'SystemError', message: 'write EPIPE' });
  });

  it('of the store keep their class, others their name and details', () => {
    for (const Class of [StoreLocked, StoreDamaged, StoreFailed]) {
      expect(errorFromJson(errorToJson(new Class('held by 7')))).toBeInstanceOf(Class);
    }
    const refused = Object.assign(new Error('no'), { name: 'ApplyRefused', details: { steps: [1] } });
    expect(errorFromJson(errorToJson(refused))).toMatchObject({
      name: 'ApplyRefused',
      details: { steps: [1] },
    });
    expect(errorFromJson(errorToJson('a text')).message).toBe('a text');
  });

  it('that are their own cause are cut off', () => {
    const error = new Error('round');
    error.cause = error;
    expect(errorFromJson(errorToJson(error)).message).toBe('round');
  });

  it('can be made from any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(errorFromJson(json)).toBeInstanceOf(Error);
        expect(errorFromJson({ name: 'HostError', details: json })).toBeInstanceOf(Error);
      }),
    );
  });
});
