/**
 * What one process sends another to prove that it has the secret of the cluster: an HMAC over a nonce of each, so that
 * a proof is good for one connection and tells nothing of the secret. Pure, but that nonces are drawn.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Keys that count as the cluster's, one or two: while a secret is changed there is the former one, too. */
export type Secret = readonly string[];

/** Where the handshake is asked for, before anything else on a connection. */
export const handshakePath = '/v1/handshake';
export const nonceHeader = 'sheaf-nonce';
export const proofHeader = 'sheaf-proof';

/** What a client says in place of a proof where the server has proved nothing to it. */
export const noProof = 'none';

/** Drawn by each end for one connection. */
export interface Nonces {
  readonly client: string;
  readonly server: string;
}

const nonceBytes = 32;
/** Of a nonce and of a proof, in base64url: 32 bytes. */
const form = /^[\w-]{43}$/;

export function drawNonce(): string {
  return randomBytes(nonceBytes).toString('base64url');
}

export function isNonce(text: unknown): text is string {
  return typeof text === 'string' && form.test(text);
}

/** In base64url. What a server says is no proof of a client: nobody is let in by what was said to them. */
export function prove(key: string, by: keyof Nonces, { client, server }: Nonces): string {
  return createHmac('sha256', key).update(`sheaf-handshake/1 ${by} ${client} ${server}`).digest('base64url');
}

/** The first of the keys that the proof was made with, or undefined. Takes as long whatever the proof is. */
export function findKey(secret: Secret, proof: string, by: keyof Nonces, nonces: Nonces): string | undefined {
  if (!form.test(proof)) return undefined;
  const given = Buffer.from(proof, 'base64url');
  return secret.filter((key) => timingSafeEqual(Buffer.from(prove(key, by, nonces), 'base64url'), given))[0];
}
