/**
 * The client's side of the upgrade: keeps one framed connection to a peer, for ever, until closed. Touches the world:
 * sockets and timers.
 */
import type { Duplex } from 'node:stream';
import { asSheafError, SheafError } from '../errors.ts';
import { protocolName } from '../protocol/frames.ts';
import { formatAddress, type Address } from './address.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import { upgradePeer } from './outgoing.ts';

export interface DialEvents {
  /** A connection is there; returns what should happen on its events. */
  readonly onConnection: (connection: Connection) => ConnectionEvents;
  /** An attempt to connect failed; another follows. */
  readonly onFailure: (error: SheafError) => void;
}

export interface DialOptions {
  readonly address: Address;
  /** Uniform in [0, 1): spreads reconnects. */
  readonly random: () => number;
}

export interface Dialled {
  close(): void;
}

const delayMsFirst = 20;
const delayMsMax = 1000;
/** Longer than a loaded machine takes to accept, shorter than anyone wants to wait for a dead one. */
const connectTimeoutMs = 2000;
/** A connection that ends sooner counts as a failure: whoever is refused right after it must not come back at once. */
const wellAfterMs = 1000;

/**
 * Connects, and connects again whenever the connection ends, after a delay that doubles from 20 ms to 1 s while
 * attempts fail or connections end within a second, each with full jitter.
 */
export function dial(options: DialOptions, events: DialEvents): Dialled {
  let current: Connection | null = null;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let closed = false;

  const again = (): void => {
    if (closed) return;
    const delayMs = Math.min(delayMsMax, delayMsFirst * 2 ** failures) * options.random();
    timer = setTimeout(() => void attempt(), delayMs);
  };
  const attempt = async (): Promise<void> => {
    try {
      const socket = await upgrade(options.address);
      if (closed) return void socket.destroy();
      const connection = new Connection(socket);
      const well = setTimeout(() => (failures = 0), wellAfterMs).unref();
      current = connection;
      const inner = events.onConnection(connection);
      const onClose = (reason: SheafError): void => {
        current = null;
        clearTimeout(well);
        failures++;
        inner.onClose(reason);
        again();
      };
      connection.start({ onFrame: inner.onFrame, onClose }, Buffer.alloc(0));
    } catch (error) {
      failures++;
      events.onFailure(asSheafError(error));
      again();
    }
  };
  void attempt();

  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      current?.close();
    },
  };
}

async function upgrade(address: Address): Promise<Duplex> {
  try {
    const { socket, headers } = await upgradePeer(address, protocolName, connectTimeoutMs);
    if (headers['upgrade'] !== protocolName) {
      socket.destroy();
      throw mismatch(headers['upgrade']);
    }
    return socket;
  } catch (error) {
    if (error instanceof SheafError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    // What undici says of any answer but 101.
    if (reason === 'bad upgrade') throw mismatch(undefined);
    throw new SheafError('LEAF_UNREACHABLE', { detail: { address: formatAddress(address), reason }, cause: error });
  }
}

function mismatch(answered: string | string[] | undefined): SheafError {
  return new SheafError('PROTOCOL_MISMATCH', { detail: { spoken: protocolName, answered: answered ?? 'a refusal' } });
}
