/** A copy of a log in memory as it is now, as of its data folder: what is appended to one later the other does not have. */
import { MemoryLog } from '../log/memory.ts';

/** @param log was made without gaps */
export async function copyOf(log: MemoryLog, partitions: readonly string[]): Promise<MemoryLog> {
  const copy = new MemoryLog(() => 0, await log.identity());
  const heads = await log.heads(partitions);
  for (const [i, partition] of partitions.entries()) {
    const head = heads[i]!;
    if (head === -1) continue;
    const { promise: read, resolve } = Promise.withResolvers<void>();
    const subscription = log.subscribe(partition, 0, (batch) => {
      copy.recordUnchecked(batch);
      if (batch.firstOffset + batch.count > head) resolve();
    });
    await read;
    subscription.close();
  }
  return copy;
}
