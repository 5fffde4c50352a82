import { expect, test } from 'vitest';
import { freeOfHost, freeOfNode } from './memory.ts';

test('what the host could still give', () => {
  const text = 'MemTotal:       65689112 kB\nMemFree:         1024000 kB\nMemAvailable:    2097152 kB\n';
  expect(freeOfHost(text)).toBe(2048);
  expect(() => freeOfHost('MemTotal:       65689112 kB\n')).toThrow(TypeError);
});

test('a node’s cached files count, its shared memory does not', () => {
  const lines = ['MemFree:        1048576 kB', 'FilePages:       524288 kB', 'Shmem:           262144 kB'];
  expect(freeOfNode(lines.map((line) => `Node 1 ${line}\n`).join(''))).toBe(1024 + 512 - 256);
});
