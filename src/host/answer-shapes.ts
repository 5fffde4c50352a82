import type { HostReader, OpenFile, Ran } from './host.ts';

type Question = Exclude<keyof HostReader, 'name'> | 'run' | 'writeFile';

const isText = (answer: unknown): boolean => typeof answer === 'string';

const shapes: { readonly [question in Question]: (answer: unknown) => boolean } = {
  readFile: isText,
  readLink: isText,
  listDir: (answer) => Array.isArray(answer) && answer.every(isText),
  openFiles: (answer) => Array.isArray(answer) && answer.every(isOpenFile),
  ask: (answer) => Array.isArray(answer) && answer.every(isText),
  query: isRan,
  run: isRan,
  writeFile: () => true,
};

/** Whether an answer that came as JSON has the type that this question's answers have. */
export function isAnswerTo(question: Question, answer: unknown): boolean {
  return shapes[question](answer);
}

function isRan(answer: unknown): boolean {
  const { stdout, stderr } = (answer ?? {}) as Partial<Ran>;
  return isText(stdout) && isText(stderr);
}

function isOpenFile(value: unknown): boolean {
  const { path, pid, command } = (value ?? {}) as Partial<OpenFile>;
  return isText(path) && typeof pid === 'number' && isText(command);
}
