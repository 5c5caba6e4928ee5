/**
 * A load of small POSTs over keep-alive connections, one request at a time on each, that costs its own process as little as
 * can be: it shares the cores with what it measures. Touches the world: sockets.
 */
import { connect, type Socket } from 'node:net';
import type { Clock } from '../../shared/clock/clock.ts';

export interface HttpLoad {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** The n-th request: its body, and more header lines, each ended by CRLF. */
  readonly request: (n: number) => { readonly body: string; readonly headers: string };
  readonly clock: Clock;
}

export interface HttpLoadResult {
  /** Answered with 200. */
  readonly answered: number;
  /** Answered with anything else. */
  readonly refused: number;
  readonly elapsedMs: number;
  readonly latenciesMs: Float64Array;
}

/** Sends until the time is over, then waits for what is under way. @throws Error when a connection breaks */
export async function runHttpLoad(load: HttpLoad): Promise<HttpLoadResult> {
  const { clock, connections, seconds } = load;
  const startedAt = clock.now();
  const state = { next: 0, refused: 0, latencies: [] as number[], stopAt: startedAt + seconds * 1000 };
  await Promise.all(Array.from({ length: connections }, () => runConnection(load, state)));
  const latenciesMs = Float64Array.from(state.latencies);
  return { answered: latenciesMs.length, refused: state.refused, elapsedMs: clock.now() - startedAt, latenciesMs };
}

interface State {
  next: number;
  refused: number;
  readonly latencies: number[];
  readonly stopAt: number;
}

async function runConnection(load: HttpLoad, state: State): Promise<void> {
  const { host, port, path, request, clock } = load;
  const socket: Socket = connect({ host, port, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  let sentAt = 0;
  let received = '';
  const send = (): void => {
    const now = clock.now();
    if (now >= state.stopAt) return void socket.end(resolve);
    const { body, headers } = request(state.next++);
    sentAt = now;
    socket.write(`${head}${headers}content-length: ${body.length}\r\n\r\n${body}`);
  };
  socket.on('connect', send);
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('the connection was closed')));
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    if (!isWhole(received)) return;
    if (received.startsWith('HTTP/1.1 200')) state.latencies.push(clock.now() - sentAt);
    else state.refused++;
    received = '';
    send();
  });
  await promise;
}

const lengthName = 'content-length: ';

/** Whether an answer with a content-length is here to its end. Pure. */
export function isWhole(text: string): boolean {
  const bodyAt = text.indexOf('\r\n\r\n') + 4;
  if (bodyAt < 4) return false;
  const sent = text.indexOf(lengthName);
  // As servers of Node send it, which is looked for first because it costs no copy.
  const lengthAt = sent >= 0 ? sent : text.toLowerCase().indexOf(lengthName);
  return lengthAt >= 0 && text.length >= bodyAt + Number.parseInt(text.slice(lengthAt + lengthName.length), 10);
}
