/**
 * The worker that writes: everything that waits goes into one transaction, and is acknowledged after it. Touches the
 * world: files, the clock.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { systemClock } from '../../clock/clock.ts';
import { asSheafError } from '../../errors.ts';
import { packOutcome, unpackRequest, type PackedRequest } from '../wire.ts';
import { openFolder, type OpenFolder } from './folder.ts';
import type { CommitResult, FromWriter, SkipResult, ToWriter, TrimResult, WorkerStart } from './messages.ts';
import { Skips } from './skips.ts';
import { runningTime } from './running-time.ts';
import { Sweeper } from './sweeper.ts';
import { Trims } from './trims.ts';
import { LogStore, type AppendOutcome, type AppendRecord } from './store.ts';

interface Waiting {
  readonly id: number;
  readonly record: AppendRecord;
}

/** Bounds how long a transaction takes; one append alone may be larger. */
const groupBytesMax = 16 * 1024 * 1024;
const reportEveryMs = 1000;
const forgetEveryMs = 60 * 60 * 1000;
/** Often, and few at a time: appends wait meanwhile. */
const forgetRequestsEveryMs = 500;
/** While there is something to delete; a lot takes some milliseconds. */
const sweepEveryMs = 20;

const { folder, idempotencyRetentionMs } = workerData as WorkerStart;

function open(port: MessagePort): OpenFolder | undefined {
  try {
    const onMended = (place: string): void => port.postMessage({ kind: 'mended', place } satisfies FromWriter, []);
    return openFolder(folder, { onVerified: reportEverySecond(port), onMended });
  } catch (error) {
    port.postMessage({ kind: 'refused', error: asSheafError(error).toBody() } satisfies FromWriter, []);
    return undefined;
  }
}

/** Reports progress, but not that of a proof which is done within a second. */
function reportEverySecond(port: MessagePort): (verifiedBytes: number, fileBytes: number) => void {
  let reportedAt = performance.now();
  return (verifiedBytes, fileBytes) => {
    if (performance.now() - reportedAt < reportEveryMs) return;
    reportedAt = performance.now();
    port.postMessage({ kind: 'verified', verifiedBytes, fileBytes } satisfies FromWriter, []);
  };
}

function serve(port: MessagePort, opened: OpenFolder): void {
  const store = new LogStore(opened.database, { idempotencyRetentionMs, lostRequests: opened.lostRequests });
  const runningMs = runningTime(store.newestMs(), systemClock);
  const waiting: Waiting[] = [];
  let scheduled = false;
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    // After the port has handed over all that it holds.
    setImmediate(commit);
  };
  const commit = (): void => {
    scheduled = false;
    const group = takeGroup(waiting);
    if (group.length === 0) return;
    const startMs = performance.now();
    const outcomes = store.appendAll(
      group.map((append) => append.record),
      runningMs(),
    );
    opened.look();
    const results = outcomes.map((outcome, index) => resultOf(group[index]!.id, outcome));
    const tookMs = performance.now() - startMs;
    port.postMessage({ kind: 'committed', results, tookMs } satisfies FromWriter, []);
    if (waiting.length > 0) schedule();
  };
  const close = (): void => {
    while (waiting.length > 0) commit();
    clearInterval(forgetting);
    clearInterval(forgettingRequests);
    clearTimeout(sweeping);
    opened.close();
    port.close();
  };
  const skips = new Skips(opened.database);
  const skip = ({ partition, offset }: Extract<ToWriter, { kind: 'skip' }>): SkipResult => {
    const outcome = skips.skip(partition, offset);
    opened.look();
    return outcome.ok ? outcome : { ok: false, error: outcome.error.toBody() };
  };
  const trims = new Trims(opened.database);
  const trim = ({ partition, before }: Extract<ToWriter, { kind: 'trim' }>): TrimResult => {
    const outcome = trims.trim(partition, before);
    opened.look();
    if (!outcome.ok) return { ok: false, error: outcome.error.toBody() };
    sweepSoon();
    return outcome;
  };
  const sweeper = new Sweeper(opened.database);
  let sweeping: NodeJS.Timeout | undefined;
  const sweepSoon = (): void => {
    sweeping ??= setTimeout(() => {
      sweeping = undefined;
      const isMore = sweeper.sweep();
      opened.look();
      if (isMore) sweepSoon();
    }, sweepEveryMs);
  };
  sweepSoon();
  const forgetProducers = (): void => {
    store.forgetProducers(runningMs());
    opened.look();
  };
  const forgetRequests = (): void => {
    store.forgetRequests(runningMs());
    opened.look();
  };
  forgetProducers();
  const forgetting = setInterval(forgetProducers, forgetEveryMs);
  const forgettingRequests = setInterval(forgetRequests, forgetRequestsEveryMs);
  port.on('message', (message: ToWriter) => {
    if (message.kind === 'close') return close();
    if (message.kind === 'skip') {
      // What was appended before is there to be skipped.
      while (waiting.length > 0) commit();
      return port.postMessage({ kind: 'skipped', id: message.id, result: skip(message) } satisfies FromWriter, []);
    }
    if (message.kind === 'trim') {
      while (waiting.length > 0) commit();
      return port.postMessage({ kind: 'trimmed', id: message.id, result: trim(message) } satisfies FromWriter, []);
    }
    waiting.push(waitingOf(message));
    schedule();
  });
  const facts = { identity: opened.identity, heads: store.heads(), earliest: trims.earliest() };
  port.postMessage({ kind: 'opened', facts } satisfies FromWriter, []);
}

function waitingOf({ id, record, requests }: Extract<ToWriter, { kind: 'append' }>): Waiting {
  const packed = requests === '' ? [] : (JSON.parse(requests) as PackedRequest[]);
  return { id, record: { ...record, requests: packed.map(unpackRequest) } };
}

function takeGroup(waiting: Waiting[]): Waiting[] {
  let count = 0;
  for (let bytes = 0; count < waiting.length && bytes < groupBytesMax; count++) {
    bytes += waiting[count]!.record.body.length;
  }
  return waiting.splice(0, count);
}

function resultOf(id: number, outcome: AppendOutcome): CommitResult {
  if (!outcome.ok) return { id, ok: false, error: outcome.error.toBody() };
  return { id, ...outcome, outcomes: outcome.outcomes.map(packOutcome) };
}

if (parentPort === null) throw new Error('writer.ts runs as a worker');
const folderOpened = open(parentPort);
if (folderOpened !== undefined) serve(parentPort, folderOpened);
