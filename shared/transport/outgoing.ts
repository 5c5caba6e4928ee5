/**
 * Every connection that this program opens is opened here: to its own processes, of which nothing but an address is known, and
 * to what a URL names. So this is where certificates, and what proves to a process who asks, have to be given. Touches the
 * world: sockets.
 */
import type { Duplex } from 'node:stream';
import { Agent, buildConnector, Client, Pool, type Dispatcher } from 'undici';
import type { Secret } from '../secret/proof.ts';
import { formatAddress, type Address } from './address.ts';
import { provingConnector } from './proving-connector.ts';

export type HttpAnswer = Dispatcher.ResponseData;

export interface PeerRequest {
  readonly method: 'GET' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** A peer that says nothing for so long, before its answer or within it, is given up. */
  readonly silentMs: number;
  /** Proved and asked for at the beginning of a connection; undefined where the cluster has none, or none is needed. */
  readonly secret: Secret | undefined;
}

/** Of connections that are kept between requests. */
const connectMsMax = 10_000;
const handshakeMsMax = 10_000;

/** Connections that are kept between requests, and end by themselves when none comes. */
const unproved = new Agent({ connectTimeout: connectMsMax });
const proved = new WeakMap<Secret, Agent>();

function agentOf(secret: Secret | undefined): Agent {
  if (secret === undefined) return unproved;
  const known = proved.get(secret);
  if (known !== undefined) return known;
  const agent = new Agent({ connect: peerConnector(secret) });
  proved.set(secret, agent);
  return agent;
}

/** Gives pools of undici connections on which the handshake is done. */
export function peerConnector(secret: Secret): buildConnector.connector {
  const connect = buildConnector({ timeout: connectMsMax });
  return provingConnector(connect, secret, () => AbortSignal.timeout(handshakeMsMax));
}

/** Asks a process of the cluster over HTTP. Rejects where no answer begins: with SECRET_WRONG where the handshake fails. */
export async function askPeer(address: Address, request: PeerRequest): Promise<HttpAnswer> {
  const { method, path, headers = {}, signal, silentMs, secret } = request;
  return await agentOf(secret).request({
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

/** The process answered an upgrade as an ordinary request. */
export class UpgradeRefused extends Error {
  readonly statusCode: number;

  constructor(statusCode: number) {
    super(`the upgrade was answered ${statusCode}`);
    this.statusCode = statusCode;
  }
}

export interface UpgradeOptions extends UpgradeTimes {
  /** See PeerRequest. */
  readonly secret: Secret | undefined;
}

/**
 * A connection of its own to a process of the cluster, on which both go on in another protocol. Rejects where that is not
 * agreed on within the time: with a TimeoutError where the machine took the connection and the process did not answer, with
 * UpgradeRefused where it refused, with SheafError SECRET_WRONG where the handshake fails.
 *
 * @param given gives the attempt up
 */
export async function upgradePeer(
  address: Address,
  protocol: string,
  options: UpgradeOptions,
  given: AbortSignal,
): Promise<Upgraded> {
  const { connectMs, answerMs, secret } = options;
  const signal = AbortSignal.any([given, AbortSignal.timeout(answerMs)]);
  const plain = buildConnector({ timeout: connectMs });
  const connect = secret === undefined ? plain : provingConnector(plain, secret, () => signal);
  const client = new Client(originOf(address), { connect });
  const { promise, resolve, reject } = Promise.withResolvers<Upgraded>();
  const giveUp = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', giveUp);
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => undefined,
    onRequestUpgrade: (_controller, _statusCode, headers, socket) => resolve({ socket, headers }),
    onResponseStart: (_controller, statusCode) => reject(new UpgradeRefused(statusCode)),
    onResponseError: (_controller, error) => reject(error),
  };
  try {
    client.dispatch({ path: '/', method: 'GET', upgrade: protocol }, handler);
    return await promise;
  } catch (error) {
    void client.destroy().catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
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
