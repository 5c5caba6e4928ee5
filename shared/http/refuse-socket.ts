/** The end of a connection on which nothing but a refusal is said. Touches the world: a socket and a timer. */
import type { Duplex } from 'node:stream';

/** For an answer to be read before the connection is cut: what the client has sent meanwhile is read, and dropped. */
const refusalMsMax = 1000;

/** @param answer bytes of a whole answer */
export function refuseSocket(socket: Duplex, answer: string): void {
  const timer = setTimeout(() => socket.destroy(), refusalMsMax).unref();
  socket.on('error', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end(answer);
}
