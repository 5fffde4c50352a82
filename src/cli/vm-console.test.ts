import { Duplex, PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { bridge } from './vm-console.ts';

/** A console that answers every line with itself. */
const echo = () => {
  const heard: string[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (data: Buffer, _encoding, done) => {
      heard.push(data.toString());
      socket.push(data);
      done();
    },
  });
  return { socket, heard };
};

it('hands on what is typed, up to Ctrl-]', async () => {
  const { socket, heard } = echo();
  const [from, to] = [new PassThrough(), new PassThrough()];
  const over = bridge(socket, from, to);
  from.write('ls\n');
  await new Promise((resolve) => to.once('data', resolve));
  from.write('exit\x1dnot this');
  expect(await over).toEqual({ isOver: false, wasHeard: true });
  expect(heard.join('')).toBe('ls\nexit');
});

it('is over where the other side resets it before it said anything', async () => {
  const { socket } = echo();
  const over = bridge(socket, new PassThrough(), new PassThrough());
  socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  expect(await over).toEqual({ isOver: true, wasHeard: false });
});
