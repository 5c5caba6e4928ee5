/** Node's server under fastify's, with a bound on its connections that is told. Touches the world: sockets. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { SheafError } from '../errors.ts';
import { rawErrorAnswer } from './error-answer.ts';
import { refuseSocket } from './refuse-socket.ts';

export interface ConnectionLimits {
  /** Open at once, framed ones among them. */
  readonly connectionsMax: number;
  /** Milliseconds for the head of a request, and for the first after connecting. */
  readonly headTimeoutMs: number;
}

/** As fastify has it. */
const keepAliveMs = 72_000;
/** Refusals under way at once: a connection beyond them is cut without a word. */
const refusalsMax = 256;
const lookEveryMs = 250;

export function createNodeServer(
  handler: RequestListener,
  { connectionsMax, headTimeoutMs }: ConnectionLimits,
): Server {
  const options = {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headTimeoutMs,
    // Of whole requests there are limits of their own: see arrivals.ts.
    requestTimeout: 0,
    connectionsCheckingInterval: lookEveryMs,
  };
  const server = createServer(options, handler);
  server.maxConnections = connectionsMax + refusalsMax;
  let open = 0;
  // What makes a connection one of HTTP is a listener like any other; who is refused never meets it.
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (open >= connectionsMax) return refuse(socket, connectionsMax);
    open++;
    socket.once('close', () => open--);
    for (const listener of listeners) listener.call(server, socket);
  });
  return server;
}

function refuse(socket: Socket, limit: number): void {
  const error = new SheafError('TOO_MANY_CONNECTIONS', { detail: { limit } });
  refuseSocket(socket, rawErrorAnswer(error, { 'retry-after': '1' }));
}
