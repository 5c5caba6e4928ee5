/** Connections for undici on which the handshake is done before anything is asked. Touches the world: sockets. */
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Secret } from '../secret/proof.ts';
import { proveTo } from './prove.ts';

/**
 * @param connect opens a connection
 * @param until when the handshake on one that has just been opened is given up
 */
export function provingConnector(
  connect: buildConnector.connector,
  secret: Secret,
  until: () => AbortSignal,
): buildConnector.connector {
  const finish = async (socket: Socket, host: string, callback: buildConnector.Callback): Promise<void> => {
    try {
      await proveWithin(socket, host, secret, until());
    } catch (error) {
      socket.destroy();
      return callback(error as Error, null);
    }
    callback(null, socket);
  };
  return (options, callback) => {
    connect(options, (failure, socket) => {
      if (failure !== null) return callback(failure, null);
      void finish(socket, options.host ?? options.hostname, callback);
    });
  };
}

/** The same as proveTo; rejects with the signal's reason where that comes first. */
async function proveWithin(socket: Socket, host: string, secret: Secret, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason as Error);
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp);
  try {
    await Promise.race([proveTo(socket, host, secret), promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
