import { AgentLine, type AgentLineOptions, type Transport } from './agent-line.ts';
import { isAnswerTo } from './answer-shapes.ts';
import { within } from './deadline.ts';
import {
  defaultTimeoutMs,
  type Host,
  type HostError,
  type OpenFile,
  type Ran,
  type RunOptions,
} from './host.ts';

/** A host that an agent serves. */
export interface AgentHost extends Host {
  /** Calls a method of the agent. It may take any time, as long as the agent says that it is alive. */
  call(method: string, params: unknown, onEvent?: (event: unknown) => void): Promise<unknown>;
  /** Disconnects; whatever was started on the host goes on. */
  close(): Promise<void>;
}

/** How long to wait for an answer beyond the agent's own deadline. */
const answerGraceMs = 10_000;
/** A file operation's deadline at the agent, plus the grace. */
const fileTimeoutMs = 120_000 + answerGraceMs;

/** Shakes hands with an agent. @throws HostError, kind `lost`; what the prologue throws */
export async function agentHost(transport: Transport, options: AgentLineOptions): Promise<AgentHost> {
  const line = new AgentLine(transport, options);
  await line.greet();
  return new Agent(options.name, line);
}

class Agent implements AgentHost {
  readonly name: string;
  readonly #line: AgentLine;

  constructor(name: string, line: AgentLine) {
    this.name = name;
    this.#line = line;
  }

  call(method: string, params: unknown, onEvent?: (event: unknown) => void): Promise<unknown> {
    return this.#line.request(method, params, [method], onEvent);
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  async #ask<Value>(
    method: Parameters<typeof isAnswerTo>[0],
    params: readonly unknown[],
    argv: readonly string[],
    timeoutMs = fileTimeoutMs,
  ): Promise<Value> {
    const late = (): HostError => this.#line.error({ kind: 'timeout', argv });
    const answer = await within(timeoutMs, this.#line.request(method, params, argv), late);
    if (!isAnswerTo(method, answer))
      throw this.#line.error({ kind: 'lost', argv, stderr: 'the agent’s answer has the wrong type' });
    return answer as Value;
  }

  readFile(path: string): Promise<string> {
    return this.#ask('readFile', [path], ['read', path]);
  }

  readLink(path: string): Promise<string> {
    return this.#ask('readLink', [path], ['readlink', path]);
  }

  listDir(path: string): Promise<readonly string[]> {
    return this.#ask('listDir', [path], ['list', path]);
  }

  openFiles(folder: string): Promise<readonly OpenFile[]> {
    return this.#ask('openFiles', [folder], ['open files below', folder]);
  }

  ask(socket: string, lines: readonly string[], timeoutMs = defaultTimeoutMs): Promise<readonly string[]> {
    return this.#ask('ask', [socket, lines, timeoutMs], ['ask', socket, ...lines], timeoutMs + answerGraceMs);
  }

  query(argv: readonly string[], timeoutMs = defaultTimeoutMs): Promise<Ran> {
    return this.#ask('query', [argv, timeoutMs], argv, timeoutMs + answerGraceMs);
  }

  run(argv: readonly string[], { stdin, timeoutMs = defaultTimeoutMs }: RunOptions = {}): Promise<Ran> {
    return this.#ask('run', [argv, { stdin, timeoutMs }], argv, timeoutMs + answerGraceMs);
  }

  async writeFile(path: string, text: string): Promise<void> {
    await this.#ask('writeFile', [path, text], ['write', path, text]);
  }
}
