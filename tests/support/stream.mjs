// TCP from inside a namespace. `serve ADDRESS PORT` prints "ready", then the bytes of the first stream; `send ADDRESS PORT
// BYTES`; `reach ADDRESS PORT TIMEOUT_MS` prints "connected", or why not.
import net from 'node:net';

const [verb, host = '', port = '0', more = '0'] = process.argv.slice(2);

function serve() {
  const server = net.createServer((socket) => {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('end', () => {
      console.log(bytes);
      socket.end();
      server.close();
    });
  });
  server.listen(Number(port), host, () => console.log('ready'));
}

function send() {
  const socket = net.connect(Number(port), host, () => socket.end(Buffer.alloc(Number(more), 'x')));
  socket.setTimeout(5000, () => socket.destroy(new Error('no answer within 5 s')));
  socket.resume();
}

function reach() {
  const socket = net.connect(Number(port), host);
  const said = (text) => {
    console.log(text);
    process.exit(0);
  };
  socket.on('connect', () => said('connected'));
  socket.on('error', (error) => said(error.code));
  setTimeout(() => said('silence'), Number(more));
}

({ serve, send, reach })[verb]?.();
