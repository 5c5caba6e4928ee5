/**
 * The client's side of the upgrade: keeps one framed connection to a peer, for ever, until closed. Touches the world:
 * sockets and timers.
 */
import type { Duplex } from 'node:stream';
import { asSheafError, SheafError } from '../errors.ts';
import { protocolName } from '../protocol/frames.ts';
import type { Secret } from '../secret/proof.ts';
import { formatAddress, type Address } from './address.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import { secretWrong } from './prove.ts';
import { upgradePeer, type UpgradeOptions, UpgradeRefused } from './outgoing.ts';

export interface DialEvents {
  /** A connection is there; returns what should happen on its events. */
  readonly onConnection: (connection: Connection) => ConnectionEvents;
  /** An attempt to connect failed; another follows. */
  readonly onFailure: (error: SheafError) => void;
}

export interface DialOptions {
  /** Null: not known yet, and nothing is tried before `moveTo`. */
  readonly address: Address | null;
  /** Uniform in [0, 1): spreads reconnects. */
  readonly random: () => number;
  /** Of the cluster; undefined where it has none. */
  readonly secret: Secret | undefined;
}

export interface Dialled {
  /** Dials there from now on; at once, unless a connection is there, which is kept for as long as it lasts. */
  moveTo(address: Address): void;
  close(): void;
}

const delayMsFirst = 20;
/** With what an attempt takes at most, a peer that can be reached again is reached within one and a quarter seconds. */
const delayMsMax = 500;
/** Less than it takes TCP to send its first packet again, should that be lost: a new attempt is sooner. */
const connectMs = 750;
const answerMsFirst = 1000;
/** For a process that is stopped, or starved: its machine takes every connection, and it would find them all. */
const answerMsMax = 8000;
/** A connection that ends sooner counts as a failure: whoever is refused right after it must not come back at once. */
const wellAfterMs = 1000;

/**
 * Connects, and connects again whenever the connection ends, after a delay that doubles from 20 to 500 ms while
 * attempts fail or connections end within a second, each with full jitter. The wait for a process that does not answer, on
 * a machine that does, doubles from 1 to 8 s.
 */
export function dial(options: DialOptions, events: DialEvents): Dialled {
  let current: Connection | null = null;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  /** Attempts in a row that the machine took and the process did not answer. */
  let unanswered = 0;
  let closed = false;
  let address = options.address;
  /** The attempt that is under way, or the last. */
  let trying = new AbortController();

  const again = (): void => {
    if (closed) return;
    const delayMs = Math.min(delayMsMax, delayMsFirst * 2 ** failures) * options.random();
    timer = setTimeout(() => void attempt(), delayMs);
  };
  const attempt = async (): Promise<void> => {
    if (address === null) return;
    const { signal } = (trying = new AbortController());
    try {
      const times = { connectMs, answerMs: Math.min(answerMsMax, answerMsFirst * 2 ** unanswered) };
      const socket = await upgrade(address, { ...times, secret: options.secret }, signal);
      if (signal.aborted) return void socket.destroy();
      unanswered = 0;
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
      connection.start({ ...inner, onClose }, Buffer.alloc(0));
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      unanswered = isUnanswered(error) ? unanswered + 1 : 0;
      events.onFailure(asSheafError(error));
      again();
    }
  };
  void attempt();

  const giveUp = (): void => {
    clearTimeout(timer);
    trying.abort();
  };

  return {
    moveTo: (to) => {
      address = to;
      failures = 0;
      unanswered = 0;
      if (closed || current !== null) return;
      giveUp();
      void attempt();
    },
    close: () => {
      closed = true;
      giveUp();
      current?.close();
    },
  };
}

/** @throws SheafError LEAF_UNREACHABLE, PROTOCOL_MISMATCH, SECRET_WRONG */
async function upgrade(address: Address, options: UpgradeOptions, signal: AbortSignal): Promise<Duplex> {
  try {
    const { socket, headers } = await upgradePeer(address, protocolName, options, signal);
    if (headers['upgrade'] !== protocolName) {
      socket.destroy();
      throw mismatch(headers['upgrade']);
    }
    return socket;
  } catch (error) {
    if (error instanceof SheafError) throw error;
    if (error instanceof UpgradeRefused) {
      // Only who has no secret gets so far without one.
      if (error.statusCode === 401) throw secretWrong(formatAddress(address), 'it has one, and this process has none');
      throw mismatch(undefined);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new SheafError('LEAF_UNREACHABLE', { detail: { address: formatAddress(address), reason }, cause: error });
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof SheafError && error.cause instanceof Error && error.cause.name === 'TimeoutError';
}

function mismatch(answered: string | string[] | undefined): SheafError {
  return new SheafError('PROTOCOL_MISMATCH', { detail: { spoken: protocolName, answered: answered ?? 'a refusal' } });
}
