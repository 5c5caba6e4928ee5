/** Finds batches in the log whose offsets are not known: of a step whose author did not live to count what came of it. */
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import type { PendingBatch } from '../../shared/jobs/job-entry.ts';
import { readEntries } from '../../shared/log/batch.ts';
import type { Log, LogBatch } from '../../shared/log/log.ts';
import type { JudgedEntry } from '../route/write-job.ts';

const timeoutMs = 10_000;

/** What a batch is known by. */
export function digestOf(bytes: Uint8Array): string {
  return hashBytes64(bytes).toString(16);
}

/**
 * The first batch of that digest after that offset: a later one is of a step that does not count.
 * @returns null where it is not in the log any more
 * @throws SheafError LOG_UNAVAILABLE
 */
export async function findBatch(log: Log, pending: PendingBatch): Promise<JudgedEntry[] | null> {
  const { partition, after } = pending;
  const [head] = await log.heads([partition], { timeoutMs });
  if (head! <= after) return null;
  const { promise, resolve, reject } = Promise.withResolvers<LogBatch | null>();
  const subscription = log.subscribe(
    partition,
    after + 1,
    (batch) => {
      if (batch.count === pending.count && digestOf(batch.bytes) === pending.digest) resolve(batch);
      else if (batch.firstOffset + batch.count > head!) resolve(null);
    },
    // What was trimmed is forgotten, and so is what came of it.
    (error) => (error.code === 'LOG_TRIMMED' ? resolve(null) : reject(error)),
  );
  try {
    const batch = await promise;
    return batch === null ? null : judgedOf(batch);
  } finally {
    subscription.close();
  }
}

function judgedOf({ partition, firstOffset, bytes }: LogBatch): JudgedEntry[] {
  return Array.from(readEntries(bytes), ({ key }, i) => ({ line: i, key, partition, offset: firstOffset + i }));
}
