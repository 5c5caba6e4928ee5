/** Sends batches of lines to a root, several at once, each again while the root is busy. Touches the world: timers. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Clock } from '../../shared/clock/clock.ts';
import { AnswerError, UnreachableError } from '../client/answer-error.ts';
import type { RootClient } from '../client/client.ts';
import { keysOf } from './keys-of.ts';
import type { LineBatch, LongLine } from './lines.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { LoadTotals } from './totals.ts';
import type { BulkAnswer } from './bulk-answer.ts';

export interface SendOptions {
  readonly client: RootClient;
  readonly index: string;
  readonly key: string | undefined;
  /** Field that has the routings, where one has. */
  readonly routing?: string | undefined;
  readonly concurrency: number;
  /** How long a batch is sent again. */
  readonly retryMs: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends the sending: nothing new is begun, what is under way is awaited. */
  readonly stop: AbortSignal;
}

/**
 * Sends every batch and counts the outcome in `totals`. A batch that has a key of one before it waits until that is answered, however often it is
 * sent again: the last line of a key is the one that stays. Holds `concurrency` batches and one more. Ends early when
 * `stop` is aborted or a batch failed for good, as the next would fail alike.
 */
export async function sendBatches(
  batches: AsyncIterable<LineBatch | LongLine>,
  totals: LoadTotals,
  options: SendOptions,
): Promise<void> {
  const limit = pLimit(options.concurrency);
  /** With the keys of each; where one is sent after the other none are needed. */
  const underWay = new Map<Promise<void>, ReadonlySet<string>>();
  try {
    for await (const batch of batches) {
      if (options.stop.aborted) break;
      if (batch.kind === 'tooLong') totals.rejectLong(batch);
      else {
        const keys = options.concurrency > 1 ? keysOf(batch.body, options.key) : noKeys;
        const before = [...underWay].filter(([, others]) => !keys.isDisjointFrom(others)).map(([other]) => other);
        const begin = (): Promise<void> => limit(() => sendOne(batch, totals, options));
        const sent = (
          before.length === 0 ? begin() : begunAfter(before, begin, { totals, stop: options.stop })
        ).finally(() => underWay.delete(sent));
        underWay.set(sent, keys);
      }
      while (underWay.size > options.concurrency) await Promise.race(underWay.keys());
      if (totals.hasFailed) break;
    }
  } finally {
    // What is under way is counted even where the reading of the next batch failed.
    await Promise.all(underWay.keys());
  }
}

const noKeys: ReadonlySet<string> = new Set();

/** Where one of those before failed, what follows on it is left as what has not been read yet. */
async function begunAfter(
  before: readonly Promise<void>[],
  begin: () => Promise<void>,
  { totals, stop }: { readonly totals: LoadTotals; readonly stop: AbortSignal },
): Promise<void> {
  await Promise.all(before);
  if (!totals.hasFailed && !stop.aborted) await begin();
}

async function sendOne(batch: LineBatch, totals: LoadTotals, options: SendOptions): Promise<void> {
  const startedAt = options.clock.now();
  for (let attempt = 0; ; attempt++) {
    try {
      totals.answer(batch, (await post(batch, options)) as BulkAnswer);
      return;
    } catch (error) {
      const spentMs = options.clock.now() - startedAt;
      const waitMs = retryWaitMs(error, attempt, options);
      if (waitMs === undefined || spentMs + waitMs > options.retryMs || options.stop.aborted) {
        totals.fail(batch, error);
        return;
      }
      const goesOn = totals.waits(reasonOf(error));
      await sleep(waitMs, undefined, { signal: options.stop }).catch(() => undefined);
      goesOn();
    }
  }
}

function post(batch: LineBatch, options: SendOptions): Promise<unknown> {
  const { key, routing } = options;
  const fields = { ...(key === undefined ? {} : { key }), ...(routing === undefined ? {} : { routingField: routing }) };
  const query = Object.keys(fields).length === 0 ? '' : `?${new URLSearchParams(fields).toString()}`;
  return options.client.ask({
    method: 'POST',
    path: `/v1/indexes/${encodeURIComponent(options.index)}/documents${query}`,
    body: batch.body,
    contentType: 'application/x-ndjson',
  });
}

function reasonOf(error: unknown): string {
  return error instanceof AnswerError ? (error.code ?? String(error.status)) : 'no answer';
}

/** How long to wait before the next try, or undefined when there is to be none. */
function retryWaitMs(error: unknown, attempt: number, options: SendOptions): number | undefined {
  if (error instanceof AnswerError && error.mayPass) {
    return retryDelayMs(attempt, options.random(), error.retryAfterMs);
  }
  // With keys a batch can be sent twice without harm; without them only one that cannot have arrived.
  if (error instanceof UnreachableError && (options.key !== undefined || error.refused)) {
    return retryDelayMs(attempt, options.random(), undefined);
  }
  return undefined;
}
