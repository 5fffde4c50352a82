import type { HostReader } from '../../src/host/host.ts';

type Ask = readonly string[];
type Answering = (ask: Ask, answer: () => Promise<unknown>) => Promise<unknown>;

/** A reader that passes every question through one function, in the words of a transcript. */
export function readerOf(real: HostReader, through: Answering): HostReader {
  const by = <Answer>(ask: Ask, answer: () => Promise<Answer>) => through(ask, answer) as Promise<Answer>;
  return {
    name: real.name,
    readFile: (path) => by(['read', path], () => real.readFile(path)),
    readLink: (path) => by(['readlink', path], () => real.readLink(path)),
    listDir: (path) => by(['list', path], () => real.listDir(path)),
    query: (argv, timeoutMs) => by(['query', ...argv], () => real.query(argv, timeoutMs)),
    openFiles: (folder) => by(['open-files', folder], () => real.openFiles(folder)),
  };
}
