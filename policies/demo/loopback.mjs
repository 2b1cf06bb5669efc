// Preload for servers that have no option for the address they listen on: whatever they ask for, they get 127.0.0.1.
// Says on stdout where that is, and ends the process with its stdin, as our own demo servers do.
import { Server } from 'node:net';

const listen = Server.prototype.listen;
Server.prototype.listen = function onLoopback(port, ...rest) {
  const callback = rest.find((argument) => typeof argument === 'function');
  this.once('listening', () => console.log(`listening on http://127.0.0.1:${this.address().port}/mcp`));
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, callback);
};
process.stdin.on('end', () => process.exit(0)).resume();
