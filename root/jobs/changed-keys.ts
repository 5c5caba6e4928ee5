/** The keys that a stretch of a partition writes to. Touches the world through the log. */
import { readEntries } from '../../shared/log/batch.ts';
import type { Log } from '../../shared/log/log.ts';

export interface ChangedKeys {
  /** By key, the offset of the first of its entries. */
  readonly keys: ReadonlyMap<string, number>;
  /** The stretch was read up to here. */
  readonly upTo: number;
}

/**
 * @param stretch above `above`, up to `until`, which the log has come to
 * @param countMax of keys: the stretch is read so far
 * @throws SheafError LOG_TRIMMED, LOG_REPLACED
 */
export async function changedKeys(
  log: Log,
  partition: string,
  { above, until }: { readonly above: number; readonly until: number },
  countMax: number,
): Promise<ChangedKeys> {
  const keys = new Map<string, number>();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let last = above;
  const subscription = log.subscribe(
    partition,
    above + 1,
    ({ firstOffset, count, bytes }) => {
      let offset = firstOffset - 1;
      for (const { key } of readEntries(bytes)) {
        offset++;
        if (offset <= above) continue;
        if (offset > until || (keys.size >= countMax && !keys.has(key))) return resolve(last);
        if (!keys.has(key)) keys.set(key, offset);
        last = offset;
      }
      // One that is skipped has no entries.
      last = Math.min(until, firstOffset + count - 1);
      if (last >= until) resolve(last);
    },
    reject,
  );
  try {
    return { upTo: await promise, keys };
  } finally {
    subscription.close();
  }
}
