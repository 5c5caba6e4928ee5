/** The store as the main thread sees it: two workers behind callbacks. Touches the world: threads. */
import { Worker } from 'node:worker_threads';
import { SheafError } from '../../errors.ts';
import { failureOf } from '../../transport/calls.ts';
import { packRequest, parseOutcome } from '../wire.ts';
import type { OnMended } from './identity.ts';
import type { CommitResult, FromReader, FromWriter, ToReader, ToWriter, WorkerStart } from './messages.ts';
import type { ReadBatch, ReadRequest } from './read.ts';
import type { SkipOutcome } from './skips.ts';
import type { TrimOutcome } from './trims.ts';
import type { AppendOutcome, AppendRecord } from './store.ts';
import type { LogFacts } from './log-facts.ts';

export type ReadOutcome =
  | { readonly ok: true; readonly batches: readonly ReadBatch[] }
  | { readonly ok: false; readonly error: SheafError };

/** Where appends go and batches come from. */
export interface Storage {
  /** Outcomes come in the order of the commits, which is the order of the calls. */
  append(record: AppendRecord, onOutcome: (outcome: AppendOutcome) => void): void;
  read(request: ReadRequest, onOutcome: (outcome: ReadOutcome) => void): void;
  /** Reads that begin after the outcome was told find the batch skipped. */
  skip(partition: string, offset: number, onOutcome: (outcome: SkipOutcome) => void): void;
  /** See Log.trim. */
  trim(partition: string, before: number, onOutcome: (outcome: TrimOutcome) => void): void;
}

export interface StorageThreads extends Storage {
  readonly facts: LogFacts;
  /** Records what waits, then ends the workers. */
  close(): Promise<void>;
}

/** Told of every transaction, for metrics. */
export type OnCommit = (commit: { readonly appends: number; readonly tookMs: number }) => void;

export interface StorageEvents {
  readonly onCommit: OnCommit;
  /** How far the proof of the stored data has come, about once a second while it goes on. */
  readonly onVerified: (progress: { readonly verifiedBytes: number; readonly fileBytes: number }) => void;
  /** See identity.ts. */
  readonly onMended: OnMended;
}

/**
 * Starts the writer, which opens the folder, and then the reader. A worker that fails later ends the process: it
 * does so only for faults that nothing but a fresh start can mend.
 *
 * @throws SheafError DATA_NOT_WRITABLE, DATA_IN_USE, DATA_CORRUPT, LOG_FULL
 */
export async function startThreads(start: WorkerStart, events: StorageEvents): Promise<StorageThreads> {
  const writer = new Worker(new URL('./writer.ts', import.meta.url), { workerData: start });
  const facts = await openedBy(writer, events);
  const reader = new Worker(new URL('./reader.ts', import.meta.url), { workerData: start });
  const appends = appendsThrough(writer, events.onCommit);
  const reads = readsThrough(reader);
  return {
    facts,
    append: appends,
    read: reads,
    skip: skipsThrough(writer),
    trim: trimsThrough(writer),
    close: async () => {
      await ended(reader);
      await ended(writer);
    },
  };
}

async function openedBy(writer: Worker, { onVerified, onMended }: StorageEvents): Promise<LogFacts> {
  const { promise, resolve, reject } = Promise.withResolvers<LogFacts>();
  writer.on('message', (message: FromWriter) => {
    if (message.kind === 'opened') resolve(message.facts);
    else if (message.kind === 'refused') reject(failureOf(message.error));
    else if (message.kind === 'verified') onVerified(message);
    else if (message.kind === 'mended') onMended(message.place);
  });
  return await promise;
}

function appendsThrough(writer: Worker, onCommit: OnCommit): Storage['append'] {
  const waiting = new Map<number, (outcome: AppendOutcome) => void>();
  let lastId = 0;
  writer.on('message', (message: FromWriter) => {
    if (message.kind !== 'committed') return;
    onCommit({ appends: message.results.length, tookMs: message.tookMs });
    for (const result of message.results) {
      const onOutcome = waiting.get(result.id);
      waiting.delete(result.id);
      onOutcome?.(outcomeOf(result));
    }
  });
  return (record, onOutcome) => {
    const id = ++lastId;
    waiting.set(id, onOutcome);
    // A copy of its own: the frame's memory holds other frames too and cannot be given away.
    const body = new Uint8Array(record.body);
    const { producer, sequence, batches } = record;
    const requests = record.requests.length === 0 ? '' : JSON.stringify(record.requests.map(packRequest));
    const message: ToWriter = { kind: 'append', id, record: { producer, sequence, batches, body }, requests };
    writer.postMessage(message, [body.buffer]);
  };
}

function outcomeOf(result: CommitResult): AppendOutcome {
  if (!result.ok) return { ok: false, error: failureOf(result.error) };
  return { ...result, outcomes: result.outcomes.map(parseOutcome) };
}

function skipsThrough(writer: Worker): Storage['skip'] {
  const waiting = new Map<number, (outcome: SkipOutcome) => void>();
  let lastId = 0;
  writer.on('message', (message: FromWriter) => {
    if (message.kind !== 'skipped') return;
    const { id, result } = message;
    const onOutcome = waiting.get(id);
    waiting.delete(id);
    onOutcome?.(result.ok ? result : { ok: false, error: failureOf(result.error) });
  });
  return (partition, offset, onOutcome) => {
    const id = ++lastId;
    waiting.set(id, onOutcome);
    writer.postMessage({ kind: 'skip', id, partition, offset } satisfies ToWriter, []);
  };
}

function trimsThrough(writer: Worker): Storage['trim'] {
  const waiting = new Map<number, (outcome: TrimOutcome) => void>();
  let lastId = 0;
  writer.on('message', (message: FromWriter) => {
    if (message.kind !== 'trimmed') return;
    const { id, result } = message;
    const onOutcome = waiting.get(id);
    waiting.delete(id);
    onOutcome?.(result.ok ? result : { ok: false, error: failureOf(result.error) });
  });
  return (partition, before, onOutcome) => {
    const id = ++lastId;
    waiting.set(id, onOutcome);
    writer.postMessage({ kind: 'trim', id, partition, before } satisfies ToWriter, []);
  };
}

function readsThrough(reader: Worker): Storage['read'] {
  const waiting = new Map<number, (outcome: ReadOutcome) => void>();
  let lastId = 0;
  reader.on('message', (message: FromReader) => {
    const onOutcome = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'failed') onOutcome?.({ ok: false, error: failureOf(message.error) });
    else onOutcome?.({ ok: true, batches: cut(message) });
  });
  return (request, onOutcome) => {
    const id = ++lastId;
    waiting.set(id, onOutcome);
    reader.postMessage({ kind: 'read', id, request } satisfies ToReader, []);
  };
}

function cut({ places, body }: Extract<FromReader, { kind: 'read' }>): ReadBatch[] {
  let at = 0;
  return places.map(({ firstOffset, lastOffset, bytes, skipped }) => {
    const start = at;
    at += bytes;
    return { firstOffset, lastOffset, bytes: body.subarray(start, at), skipped };
  });
}

async function ended(worker: Worker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.once('exit', () => resolve());
  worker.postMessage({ kind: 'close' } satisfies ToReader & ToWriter, []);
  await promise;
}
