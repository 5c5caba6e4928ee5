/**
 * Every connection that this program opens is opened here: to its own processes, of which nothing but an address is known, and
 * to what a URL names. So this is where certificates, and what proves to a process who asks, have to be given. Touches the
 * world: sockets.
 */
import type { Duplex } from 'node:stream';
import { Agent, Client, Pool, type Dispatcher } from 'undici';
import { formatAddress, type Address } from './address.ts';

export type HttpAnswer = Dispatcher.ResponseData;

export interface PeerRequest {
  readonly method: 'GET' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** A peer that says nothing for so long, before its answer or within it, is given up. */
  readonly silentMs: number;
}

/** Connections that are kept between requests, and end by themselves when none comes. */
const peers = new Agent();

/** Asks a process of the cluster over HTTP. Rejects where no answer begins. */
export async function askPeer(address: Address, request: PeerRequest): Promise<HttpAnswer> {
  const { method, path, headers = {}, signal, silentMs } = request;
  return await peers.request({
    origin: originOf(address),
    method,
    path,
    headers,
    signal: signal ?? null,
    headersTimeout: silentMs,
    bodyTimeout: silentMs,
  });
}

export interface Upgraded {
  readonly socket: Duplex;
  /** Of the answer that agreed. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * A connection of its own to a process of the cluster, on which both go on in another protocol. Rejects where that is not
 * agreed on within the time: with a TimeoutError where the machine took the connection and the process did not answer, with
 * the message `bad upgrade` where it refused.
 *
 * @param signal gives the attempt up
 */
export async function upgradePeer(
  address: Address,
  protocol: string,
  { connectMs, answerMs }: UpgradeTimes,
  signal: AbortSignal,
): Promise<Upgraded> {
  const client = new Client(originOf(address), { connectTimeout: connectMs });
  try {
    return await client.upgrade({
      path: '/',
      protocol,
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
  } catch (error) {
    void client.destroy().catch(() => undefined);
    throw error;
  }
}

/** In milliseconds, both from the beginning. */
export interface UpgradeTimes {
  /** For the machine to take the connection. */
  readonly connectMs: number;
  /** For the process to agree; more than the other. */
  readonly answerMs: number;
}

export interface PoolOptions {
  /** At most; as many as are wanted where it is left out. */
  readonly connections?: number;
  /** Certificate that signed the server's, in PEM; undefined where the system knows it. */
  readonly ca?: string | undefined;
  readonly connectTimeoutMs: number;
}

/**
 * Connections to one server. How long an answer may take is for each request to say, and without a limit where it does not.
 * To be destroyed.
 *
 * @param origin scheme, host and port
 */
export function openPool(origin: string, { connections, ca, connectTimeoutMs }: PoolOptions): Pool {
  return new Pool(origin, {
    connections: connections ?? null,
    connect: { timeout: connectTimeoutMs, ...(ca === undefined ? {} : { ca }) },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function originOf(address: Address): string {
  return `http://${formatAddress(address)}`;
}
