// Run inside a network namespace of its own: prints the senders whose datagrams arrive, as JSON, in the order of sending.
import dgram from 'node:dgram';

/** @type {{ to: string, from: string[], port: number }} */
const { to, from, port } = JSON.parse(process.argv[2] ?? '{}');
const family = to.includes(':') ? 'udp6' : 'udp4';
const heard = [];

/** @returns {Promise<dgram.Socket>} */
const bound = (address, at) =>
  new Promise((resolve, reject) => {
    const socket = dgram.createSocket(family).once('error', reject);
    socket.bind(at, address, () => resolve(socket));
  });

const receiver = await bound(to, port);
// This port is unguarded: once its datagram arrives, earlier ones have arrived or never will.
const last = await bound(to, port + 1);
receiver.on('message', (_data, sender) => heard.push(sender.address));
const over = new Promise((resolve) => last.once('message', resolve));
for (const address of from) {
  const socket = await bound(address, 0);
  await new Promise((resolve) => socket.send('vxlan', port, to, resolve));
  socket.close();
}
const socket = await bound(to, 0);
socket.send('over', port + 1, to);
await over;
console.log(JSON.stringify(heard));
process.exit(0);
