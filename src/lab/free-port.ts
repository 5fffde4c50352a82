import { createServer } from 'node:net';

/** Free TCP ports of 127.0.0.1, all different: each is held until all are found. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, hold));
  for (const { release } of held) release();
  return held.map(({ port }) => port);
}

function hold(): Promise<{ readonly port: number; readonly release: () => void }> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ port, release: () => server.close() });
    });
  });
}
