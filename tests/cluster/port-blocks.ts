/** Touches the world: sockets. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const blockPorts = 100;
const blocks = 120;
/** All blocks lie below the ports that a system gives to outgoing connections, which from 32,768 on may be taken at any moment. */
const firstPort = 20_000;

/** Test files run at the same time, each in a process with another id: their blocks begin apart. */
let nextBlock = process.pid % blocks;

export interface PortBlock {
  /** Of the root; the log has the next, the leaves those from ten above. */
  readonly port: number;
  /** Keeps the block from other files for as long as it listens, and keeps no process. To be closed by who took the block. */
  readonly reservation: Server;
}

/**
 * The first port of a block whose ports for the root, the log and the leaves are free. The last port of the block is listened at:
 * between its being found free and its first process another file could find it free as well.
 */
export async function freePorts(leaves: number): Promise<PortBlock> {
  for (;;) {
    nextBlock = (nextBlock + 1) % blocks;
    const port = firstPort + nextBlock * blockPorts;
    const reservation = await listenAt(port + blockPorts - 1);
    if (reservation === null) continue;
    const ports = [port, port + 1, ...Array.from({ length: leaves }, (_, i) => port + 10 + i)];
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return { port, reservation };
    reservation.close();
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = await listenAt(port);
  if (server === null) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/** Null where somebody else listens. It keeps no process. */
function listenAt(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
