import type { HostReader } from '../host/host.ts';

/** The same host, asked each question at most once: 254 probes over one `ip -j link` cost one process. */
export function lookOnce(host: HostReader): HostReader {
  const answers = new Map<string, Promise<unknown>>();
  const once = <T>(question: readonly unknown[], ask: () => Promise<T>): Promise<T> => {
    const key = JSON.stringify(question);
    const known = answers.get(key) as Promise<T> | undefined;
    if (known) return known;
    const answer = ask();
    answers.set(key, answer);
    return answer;
  };
  return {
    name: host.name,
    readFile: (path) => once(['read', path], () => host.readFile(path)),
    readLink: (path) => once(['link', path], () => host.readLink(path)),
    listDir: (path) => once(['list', path], () => host.listDir(path)),
    query: (argv, timeoutMs) => once(['query', argv, timeoutMs], () => host.query(argv, timeoutMs)),
    openFiles: (folder) => once(['open', folder], () => host.openFiles(folder)),
  };
}
