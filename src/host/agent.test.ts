import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { hostContract, readerContract, refusal, type Subject } from '../../tests/host-contract.ts';
import { bundleProgram } from '../../tests/program.ts';
import { testMachine } from '../../tests/test-machine.ts';
import { type AgentHost, agentHost } from './agent-client.ts';
import type { AgentLineOptions, Transport } from './agent-line.ts';
import { type AgentMethod, serveAgent } from './agent-server.ts';
import { childTransport } from './child-transport.ts';
import { HostError } from './host.ts';
import { localHost } from './local-host.ts';
import { StoreLocked } from './store.ts';

const machine = testMachine();
const folder = mkdtempSync(join(tmpdir(), 'vflane-agent-'));
afterAll(() => {
  machine.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface InProcess {
  readonly transport: Transport;
  readonly toAgent: PassThrough;
  readonly fromAgent: PassThrough;
  readonly served: Promise<void>;
}

function inProcess(methods: Readonly<Record<string, AgentMethod>> = {}, version = '1.0.0'): InProcess {
  const toAgent = new PassThrough();
  const fromAgent = new PassThrough();
  const host = localHost({ name: 'its own name', root: machine.root });
  const served = serveAgent({ input: toAgent, output: fromAgent, host, version, methods });
  void served.then(() => fromAgent.end());
  const ended = once(fromAgent, 'close').then(() => '');
  const cut = (): void => {
    toAgent.end();
    fromAgent.destroy();
  };
  return { transport: { input: fromAgent, output: toAgent, ended, cut }, toAgent, fromAgent, served };
}

const asAlpha: AgentLineOptions = { name: 'alpha', version: '1.0.0' };

async function overStreams(): Promise<Subject<AgentHost>> {
  const adapter = await agentHost(inProcess().transport, asAlpha);
  return { adapter, close: () => adapter.close() };
}

readerContract('an agent over streams', machine.reader, overStreams);
hostContract('an agent over streams', machine.host, overStreams);

/** An agent as a program, which can be killed; `slow` waits for a file and then writes another. */
const program = join(folder, 'agent.cjs');
bundleProgram(
  `import { existsSync, watch, writeFileSync } from 'node:fs';
   import { serveStdio } from './src/host/agent-stdio.ts';
   import { localHost } from './src/host/local-host.ts';
   const [, , root = '', folder = ''] = process.argv;
   const slow = (_, emit) => new Promise((resolve) => {
     emit('begun');
     const look = () => {
       if (!existsSync(folder + '/go')) return;
       clearInterval(timer);
       emit('going');
       writeFileSync(folder + '/done', 'done');
       resolve('done');
     };
     const timer = setInterval(look, 20);
   });
   const loud = async (_, emit) => {
     for (let at = 0; at < 100; at += 1) emit('x'.repeat(100_000));
     writeFileSync(folder + '/done', 'done');
   };
   serveStdio({ host: localHost({ name: 'there', root }), version: '1.0.0', methods: { slow, loud, pid: async () => process.pid } })
     .then(() => writeFileSync(folder + '/exited', ''));`,
  program,
);

interface OverProcess extends Subject<AgentHost> {
  readonly transport: Transport;
  /** A folder: `slow` waits for `go` there and writes `done`; the agent writes `exited`. */
  readonly signs: string;
}

async function overProcess(): Promise<OverProcess> {
  const signs = mkdtempSync(join(folder, 'signs-'));
  const child = spawn(process.execPath, [program, machine.root, signs]);
  const transport = childTransport(child);
  const adapter = await agentHost(transport, asAlpha);
  return { adapter, transport, signs, close: () => adapter.close() };
}

readerContract('an agent in another process', machine.reader, overProcess);
hostContract('an agent in another process', machine.host, overProcess);

describe('methods of an agent', () => {
  it('emit events in order before their result, many at once', async () => {
    const count: AgentMethod = async (params, emit) => {
      for (let at = 0; at < 100; at += 1) emit({ at });
      return params;
    };
    const agent = await agentHost(inProcess({ count }).transport, asAlpha);
    const both = ['a', 'b'].map(async (params) => {
      const events: unknown[] = [];
      const result = await agent.call('count', params, (event) => events.push(event));
      return { result, events };
    });
    const events = Array.from({ length: 100 }, (_, at) => ({ at }));
    expect(await Promise.all(both)).toEqual([
      { result: 'a', events },
      { result: 'b', events },
    ]);
    await agent.close();
  });

  it('fail with the error that they threw, under the name that the caller has for the host', async () => {
    const methods: Readonly<Record<string, AgentMethod>> = {
      locked: () => Promise.reject(new StoreLocked('held by process 7')),
      busy: () =>
        Promise.reject(
          new HostError({ kind: 'errno', errno: 'EBUSY', host: 'there', argv: ['write', '/x'] }),
        ),
    };
    const agent = await agentHost(inProcess(methods).transport, asAlpha);
    await expect(agent.call('locked', null)).rejects.toBeInstanceOf(StoreLocked);
    await expect(agent.call('busy', null)).rejects.toThrow('alpha: EBUSY: write /x');
    await expect(agent.call('constructor', null)).rejects.toThrow('no method "constructor"');
    await expect(agent.call('readFile', [7])).rejects.toThrow('1 strings are expected');
    await agent.close();
  });

  it('whose result is not JSON fail, and the agent lives on', async () => {
    const methods = { big: async () => 10n, fine: async () => 1 };
    const agent = await agentHost(inProcess(methods).transport, asAlpha);
    await expect(agent.call('big', null)).rejects.toThrow('BigInt');
    expect(await agent.call('fine', null)).toBe(1);
    await agent.close();
  });
});

describe('a connection to an agent', () => {
  it('that is cut refuses all that is pending as lost, and everything after', async () => {
    const { transport, fromAgent } = inProcess({ never: () => new Promise(() => undefined) });
    const agent = await agentHost(transport, asAlpha);
    const pending = [
      refusal(agent.call('never', null)),
      refusal(agent.run(['sleep', '5'], { timeoutMs: 1000 })),
    ];
    fromAgent.destroy();
    expect(await Promise.all(pending)).toMatchObject([
      { kind: 'lost', host: 'alpha', argv: ['never'], stderr: 'the connection was cut' },
      { kind: 'lost', host: 'alpha', argv: ['sleep', '5'] },
    ]);
    expect((await refusal(agent.readFile('/etc/text'))).kind).toBe('lost');
  });

  it('is lost when the agent falls silent, not when work takes long', async () => {
    const { transport } = inProcess({ never: () => new Promise(() => undefined) });
    const agent = await agentHost(transport, { ...asAlpha, silenceMs: 100 });
    expect((await refusal(agent.call('never', null))).stderr).toBe('the agent said nothing for 100 ms');
  });

  it('passes over what a login shell says first', async () => {
    const toAgent = new PassThrough();
    const fromAgent = new PassThrough();
    fromAgent.write('Welcome to alpha\n{"id":1,"result":"no"}\n');
    const host = localHost({ name: 'there', root: machine.root });
    void serveAgent({ input: toAgent, output: fromAgent, host, version: '1.0.0' }).then(() =>
      fromAgent.end(),
    );
    const transport = {
      input: fromAgent,
      output: toAgent,
      ended: once(fromAgent, 'close').then(() => ''),
      cut: () => toAgent.end(),
    };
    const agent = await agentHost(transport, asAlpha);
    expect(await agent.readLink(machine.reader.link.path)).toBe(machine.reader.link.target);
    await agent.close();
  });

  it('is refused if the other end is of another version, or never says what it is', async () => {
    const other = await refusal(agentHost(inProcess({}, '2.0.0').transport, asAlpha));
    expect(other.stderr).toBe(
      'the agent there is vflane 2.0.0 (protocol 1), this is vflane 1.0.0 (protocol 1)',
    );
    const silent = {
      input: new PassThrough(),
      output: new PassThrough(),
      ended: new Promise<string>(() => undefined),
      cut: () => undefined,
    };
    const details = await refusal(agentHost(silent, { ...asAlpha, timeoutMs: 50 }));
    expect(details).toMatchObject({ kind: 'lost', stderr: 'no agent answered within 50 ms' });
  });

  it('passes on no answer of the wrong type', async () => {
    const said = new PassThrough();
    said.write('{"hello":"vflane-agent","protocol":1,"version":"1.0.0"}\n');
    const agent = await agentHost(
      {
        input: said,
        output: new PassThrough(),
        ended: once(said, 'close').then(() => ''),
        cut: () => said.destroy(),
      },
      asAlpha,
    );
    const asked = refusal(agent.listDir('/etc/names'));
    said.write('{"id":7,"result":["of another"]}\n{"id":1,"result":{"not":"names"}}\n');
    expect(await asked).toMatchObject({ kind: 'lost', stderr: 'the agent’s answer has the wrong type' });
    said.destroy();
  });

  it('that brings garbage still answers the requests in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 5 }), async (garbage) => {
        const { transport, toAgent } = inProcess();
        const agent = await agentHost(transport, asAlpha);
        for (const line of garbage) toAgent.write(`${line.replaceAll('\n', '')}\n`);
        expect(await agent.readFile('/etc/text')).toBe(machine.reader.text.text);
        await agent.close();
      }),
      { numRuns: 30 },
    );
  });
});

describe('an agent whose connection is cut', () => {
  it('finishes a method, and only then exits', async () => {
    const { adapter, transport, signs } = await overProcess();
    const begun = new Promise<void>((resolve) => {
      const slow = adapter.call('slow', null, () => resolve());
      void refusal(slow);
    });
    await begun;
    transport.output.end();
    transport.input.destroy();
    writeFileSync(join(signs, 'go'), '');
    await expect.poll(() => existsSync(join(signs, 'exited')), { timeout: 10_000 }).toBe(true);
    expect(readFileSync(join(signs, 'done'), 'utf8')).toBe('done');
  });

  it.concurrent('is not held up by a connection that nobody reads', async ({ expect }) => {
    const { adapter, transport, signs, close } = await overProcess();
    transport.input.pause();
    const loud = refusal(adapter.call('loud', null));
    await expect.poll(() => existsSync(join(signs, 'done')), { timeout: 10_000 }).toBe(true);
    await close();
    expect((await loud).kind).toBe('lost');
  });

  it.concurrent('ignores a hangup and a Ctrl-C', async ({ expect }) => {
    const { adapter, close } = await overProcess();
    const pid = (await adapter.call('pid', null)) as number;
    for (const signal of ['SIGHUP', 'SIGINT'] as const) process.kill(pid, signal);
    expect(await adapter.readFile('/etc/text')).toBe(machine.reader.text.text);
    await close();
  });

  it.concurrent('exits at once if nothing is running', async () => {
    const { toAgent, served } = inProcess();
    toAgent.end();
    await served;
  });
});
