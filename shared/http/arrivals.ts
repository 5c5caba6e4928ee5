/**
 * Ends requests whose bodies do not come. Node's own limit counts a whole request, however large, so it is of no use where a
 * bulk of a gigabyte may come over a slow line: of such, bytes have to keep coming. Touches the world: sockets and a timer.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { SheafError } from '../errors.ts';
import { rawErrorAnswer } from './error-answer.ts';

export interface ArrivalLimits {
  /** Milliseconds for a request to be whole, where it does not stream. */
  readonly requestTimeoutMs: number;
  /** Milliseconds in which nothing comes of a body. */
  readonly bodyIdleMs: number;
}

export interface Arrivals {
  /** Says that the request may take as long as bytes keep coming. */
  stream(request: IncomingMessage): void;
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly reply: ServerResponse;
  readonly startedAt: number;
  streams: boolean;
  /** Of the connection, when it was last looked at. */
  bytes: number;
  movedAt: number;
}

/** How late an end may be. */
const lookEveryMs = 250;

export function watchArrivals(server: Server, { requestTimeoutMs, bodyIdleMs }: ArrivalLimits): Arrivals {
  const under = new Map<IncomingMessage, Arrival>();
  // Before the routes, which say of a request that it streams.
  server.prependListener('request', (request: IncomingMessage, reply: ServerResponse) => {
    const { headers, socket } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
    const now = performance.now();
    under.set(request, { request, reply, startedAt: now, streams: false, bytes: socket.bytesRead, movedAt: now });
  });
  const look = (): void => {
    const now = performance.now();
    for (const arrival of under.values()) {
      const { request, startedAt } = arrival;
      if (request.complete || request.destroyed) under.delete(request);
      else if (isIdle(arrival, now, bodyIdleMs)) refuse(arrival, { idleMs: bodyIdleMs });
      else if (!arrival.streams && now - startedAt > requestTimeoutMs) refuse(arrival, { limitMs: requestTimeoutMs });
    }
  };
  const timer = setInterval(look, lookEveryMs).unref();
  server.once('close', () => clearInterval(timer));
  return {
    stream: (request) => {
      const arrival = under.get(request);
      if (arrival !== undefined) arrival.streams = true;
    },
  };
}

/** What has come and is not read yet is this side's to wait for. */
function isIdle(arrival: Arrival, now: number, idleMs: number): boolean {
  const { request } = arrival;
  const { bytesRead } = request.socket;
  if (bytesRead !== arrival.bytes || request.readableLength > 0) {
    arrival.bytes = bytesRead;
    arrival.movedAt = now;
  }
  return now - arrival.movedAt > idleMs;
}

function refuse({ request: { socket }, reply }: Arrival, detail: Readonly<Record<string, unknown>>): void {
  if (!reply.headersSent && socket.writable)
    socket.write(rawErrorAnswer(new SheafError('REQUEST_TOO_SLOW', { detail })));
  socket.destroySoon();
}
