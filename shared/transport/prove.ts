/**
 * The client's end of the handshake: on a new connection each end proves to the other that it has the secret of the cluster,
 * before anything is asked. Touches the world: the socket it is given.
 */
import type { Socket } from 'node:net';
import { SheafError } from '../errors.ts';
import {
  drawNonce,
  findKey,
  handshakePath,
  nonceHeader,
  noProof,
  proofHeader,
  prove,
  type Secret,
} from '../secret/proof.ts';

interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Of the head of an answer. */
const headBytesMax = 8192;
const endOfHead = '\r\n\r\n';

/**
 * Resolves when each end knows that the other has the secret; the connection is then as it was when it was new.
 *
 * @param host with the port, as requests call the server
 * @throws SheafError SECRET_WRONG where the other end has another secret or none; LEAF_UNREACHABLE where it speaks otherwise,
 *   or not
 */
export async function proveTo(socket: Socket, host: string, secret: Secret): Promise<void> {
  const client = drawNonce();
  const greeting = await ask(socket, host, nonceHeader, client);
  const nonces = { client, server: greeting.headers.get(nonceHeader) ?? '' };
  const proofs = (greeting.headers.get(proofHeader) ?? '').split(' ');
  if (greeting.status === 404) throw secretWrong(host, 'it has none');
  if (greeting.status !== 204) throw unreachable(host, `it answered the handshake with ${greeting.status}`);
  // The first that both have: while a secret is changed some processes have two.
  const key = proofs.map((proof) => findKey(secret, proof, 'server', nonces)).find((found) => found !== undefined);
  if (key === undefined) {
    // So that the other end knows of it, and tells.
    await ask(socket, host, proofHeader, noProof).catch(() => undefined);
    throw secretWrong(host, 'it has another');
  }
  const { status } = await ask(socket, host, proofHeader, prove(key, 'client', nonces));
  if (status !== 204) throw secretWrong(host, `it refused the proof with ${status}`);
}

/** @param reason about the other end */
export function secretWrong(address: string, reason: string): SheafError {
  return new SheafError('SECRET_WRONG', { detail: { address, reason } });
}

/** One request without a body, one answer without one; what else comes is a fault. */
async function ask(socket: Socket, host: string, header: string, value: string): Promise<Answer> {
  socket.write(`GET ${handshakePath} HTTP/1.1\r\nhost: ${host}\r\n${header}: ${value}\r\n\r\n`);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let text = '';
  const read = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      text += chunk.toString('latin1');
    }
    const end = text.indexOf(endOfHead);
    if (end < 0 && text.length <= headBytesMax) return;
    const answer = end < 0 ? undefined : readHead(text.slice(0, end));
    const isWhole = answer !== undefined && (answer.status !== 204 || text.length === end + endOfHead.length);
    if (isWhole) resolve(answer);
    else reject(unreachable(host, 'its answer to the handshake cannot be read'));
  };
  const fail = (error?: Error): void => reject(unreachable(host, error?.message ?? 'the connection was closed'));
  socket.on('readable', read).once('error', fail).once('close', fail).once('end', fail);
  try {
    return await promise;
  } finally {
    socket.off('readable', read).off('error', fail).off('close', fail).off('end', fail);
  }
}

function readHead(text: string): Answer | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
  if (status === undefined) return undefined;
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(status), headers: new Map(headers) };
}

function unreachable(address: string, reason: string): SheafError {
  return new SheafError('LEAF_UNREACHABLE', { detail: { address, reason } });
}
