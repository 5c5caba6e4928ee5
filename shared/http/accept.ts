/** The server's side of the upgrade from HTTP/1.1 to frames. Touches the world: sockets. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { asSheafError, SheafError } from '../errors.ts';
import { protocolName } from '../protocol/frames.ts';
import { Connection, type ConnectionEvents } from '../transport/connection.ts';
import type { Authenticate } from './authenticate.ts';
import { rawErrorAnswer } from './error-answer.ts';
import { refuseSocket } from './refuse-socket.ts';

/** Given each new connection; returns what should happen on its events. */
export type OnConnection = (connection: Connection) => ConnectionEvents;

export interface Acceptor {
  /** Ends every upgraded connection: a server's own close waits for them for ever. */
  closeAll(): void;
}

/**
 * Accepts framed connections on an HTTP server's ordinary port. Another protocol, or another version of this one, is
 * refused with 426 and the version spoken here; whoever may not speak here at all is told that first.
 *
 * @param authenticate asked about every upgrade; every one passes where it is undefined
 */
export function acceptConnections(
  server: Server,
  onConnection: OnConnection,
  authenticate: Authenticate | undefined,
): Acceptor {
  const open = new Set<Connection>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      authenticate?.(request);
    } catch (error) {
      return refuseSocket(socket, rawErrorAnswer(asSheafError(error)));
    }
    if (request.headers.upgrade !== protocolName) return refuseSocket(socket, mismatch(request.headers.upgrade));
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${protocolName}\r\n\r\n`);
    const connection = new Connection(socket);
    const events = onConnection(connection);
    open.add(connection);
    const onClose = (reason: SheafError): void => {
      open.delete(connection);
      events.onClose(reason);
    };
    connection.start({ ...events, onClose }, head);
  });
  return {
    closeAll: () => {
      for (const connection of open) connection.close();
    },
  };
}

function mismatch(asked: string | undefined): string {
  const error = new SheafError('PROTOCOL_MISMATCH', { detail: { spoken: protocolName, asked: asked ?? null } });
  const headers = { upgrade: protocolName, connection: 'upgrade, close', 'content-type': 'application/json' };
  return rawErrorAnswer(error, headers);
}
