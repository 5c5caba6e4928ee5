/** The server's side of the upgrade from HTTP/1.1 to frames. Touches the world: sockets. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { SheafError } from '../errors.ts';
import { protocolName } from '../protocol/frames.ts';
import { Connection, type ConnectionEvents } from './connection.ts';

export interface Acceptor {
  /** Ends every upgraded connection: a server's own close waits for them for ever. */
  closeAll(): void;
}

/**
 * Accepts framed connections on an HTTP server's ordinary port. Another protocol, or another version of this one, is
 * refused with 426 and the version spoken here.
 *
 * @param onConnection is given each new connection and returns what should happen on its events
 */
export function acceptConnections(
  server: Server,
  onConnection: (connection: Connection) => ConnectionEvents,
): Acceptor {
  const open = new Set<Connection>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade !== protocolName) return refuse(socket, request.headers.upgrade);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${protocolName}\r\n\r\n`);
    const connection = new Connection(socket);
    const events = onConnection(connection);
    open.add(connection);
    const onClose = (reason: SheafError): void => {
      open.delete(connection);
      events.onClose(reason);
    };
    connection.start({ onFrame: events.onFrame, onClose }, head);
  });
  return {
    closeAll: () => {
      for (const connection of open) connection.close();
    },
  };
}

function refuse(socket: Duplex, asked: string | undefined): void {
  const error = new SheafError('PROTOCOL_MISMATCH', { detail: { spoken: protocolName, asked: asked ?? null } });
  const body = JSON.stringify({ error: error.toBody(), status: error.status });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 426 Upgrade Required\r\nupgrade: ${protocolName}\r\nconnection: upgrade, close\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
