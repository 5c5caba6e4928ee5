/**
 * Lets only processes of the cluster in: who speaks over a connection has proved that it has the secret, once, at the
 * connection's beginning. What is asked of every process by those who operate it stays open.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Counter, type Registry } from '@prometheus-io/client';
import { SheafError } from '../errors.ts';
import {
  drawNonce,
  findKey,
  handshakePath,
  isNonce,
  nonceHeader,
  proofHeader,
  prove,
  type Nonces,
  type Secret,
} from '../secret/proof.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Authenticate } from './authenticate.ts';
import { probePaths } from './probe-routes.ts';

export interface PeerDoor {
  /** Lets pass what comes over a connection that was proved, the handshake itself, and probes. @throws SheafError PEER_UNPROVEN */
  readonly authenticate: Authenticate;
  /**
   * Answers a request of the handshake: the first with what proves this side, the second with nothing but that it is good.
   * @returns headers of the answer
   * @throws SheafError PEER_UNPROVEN
   */
  shake(request: IncomingMessage): Readonly<Record<string, string>>;
}

export interface PeerDoorOptions {
  readonly secret: Secret;
  readonly telemetry: Telemetry;
  readonly registry: Registry;
}

type Reason = 'no proof' | 'wrong proof';

/** Addresses that a refusal was told of: the oldest is forgotten when there are more. */
const toldMax = 1024;

export function openPeerDoor({ secret, telemetry, registry }: PeerDoorOptions): PeerDoor {
  const proved = new WeakSet<Socket>();
  /** Of connections on which a handshake has begun: each is good for one proof. */
  const begun = new WeakMap<Socket, Nonces>();
  const refuse = tellRefusals(telemetry, registry);
  return {
    authenticate: (request) => {
      if (proved.has(request.socket) || isOpen(request)) return;
      throw refuse(request, 'no proof');
    },
    shake: (request) => {
      const { socket, headers } = request;
      const proof = headers[proofHeader];
      if (proof === undefined) {
        const client = headers[nonceHeader];
        if (!isNonce(client)) throw refuse(request, 'no proof');
        const nonces = { client, server: drawNonce() };
        begun.set(socket, nonces);
        const proofs = secret.map((key) => prove(key, 'server', nonces)).join(' ');
        return { [nonceHeader]: nonces.server, [proofHeader]: proofs };
      }
      const nonces = begun.get(socket);
      begun.delete(socket);
      if (nonces === undefined || findKey(secret, String(proof), 'client', nonces) === undefined) {
        throw refuse(request, 'wrong proof');
      }
      proved.add(socket);
      return {};
    },
  };
}

/** An upgrade is never a probe, whatever its path: a path means nothing to it. */
function isOpen({ url = '', headers }: IncomingMessage): boolean {
  if (headers.upgrade !== undefined) return false;
  const path = url.split('?', 1)[0]!;
  return path === handshakePath || probePaths.includes(path);
}

/** Counts every refusal, and tells of the first of each address. */
function tellRefusals(telemetry: Telemetry, registry: Registry): (from: IncomingMessage, reason: Reason) => SheafError {
  const told = new Set<string>();
  const refused = new Counter({
    name: 'sheaf_peers_refused_total',
    help: 'Requests and connections of who has not proved that it is of the cluster',
    labelNames: ['reason'],
    registers: [registry],
  });
  return ({ socket: { remoteAddress: address = 'unknown' } }, reason) => {
    refused.inc({ reason });
    const error = new SheafError('PEER_UNPROVEN', { detail: { reason } });
    if (told.has(address)) return error;
    if (told.size >= toldMax) told.delete(told.values().next().value!);
    told.add(address);
    telemetry.error(
      { address, error: error.toBody() },
      'who is not of the cluster asks; this is told once of an address',
    );
    return error;
  };
}
