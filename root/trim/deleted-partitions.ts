/** Partitions of indexes that are deleted, of which the log need not keep anything. Touches the world through the log it is given. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Log } from '../../shared/log/log.ts';

/** Asked of the log at once. */
const partitionsAtOnce = 1000;
/** So long the log may take for one partition, where a lot of them was not answered. */
const oneTimeoutMs = 3000;

type TrimmedLog = Pick<Log, 'earliest' | 'heads' | 'trim'>;

/** How whoever trims does the work of one partition. */
export interface TrimAttempts {
  /** Whether the partition is to be tried now. */
  readonly isDue: (partition: string) => boolean;
  /**
   * @returns whether the work was done; what went wrong is told
   * @throws SheafError where it is of no use to go on with others
   */
  readonly attempt: (partition: string, work: () => Promise<void>) => Promise<boolean>;
}

interface Deleted {
  readonly id: string;
  readonly partitions: readonly string[];
}

export class DeletedPartitions {
  /** By the id of their index; gone once the log has let go of them. */
  private readonly pending = new Map<string, readonly string[]>();

  get isEmpty(): boolean {
    return this.pending.size === 0;
  }

  /** Of which the log has not let go yet, as far as is known. */
  partitions(): string[] {
    return [...this.pending.values()].flat();
  }

  /** @param index has been deleted, a moment or long ago */
  add(index: Pick<IndexDefinition, 'id' | 'kind' | 'shards'>): void {
    const partitions = Array.from({ length: index.shards }, (_, shard) => partitionOf(index, shard));
    this.pending.set(index.id, [...new Set(partitions)]);
  }

  /**
   * Has the log let go of all of them, but of those that jobs read.
   * @param busy ids of indexes of which jobs read what stands in the log
   * @throws SheafError as `attempt`: what is left is tried again in the next round
   */
  async trim(log: TrimmedLog, busy: ReadonlySet<string>, attempts: TrimAttempts): Promise<void> {
    let some: Deleted[] = [];
    let count = 0;
    for (const [id, partitions] of this.pending) {
      if (busy.has(id) || !partitions.every(attempts.isDue)) continue;
      some.push({ id, partitions });
      count += partitions.length;
      if (count < partitionsAtOnce) continue;
      await this.trimSome(log, some, attempts);
      [some, count] = [[], 0];
    }
    await this.trimSome(log, some, attempts);
  }

  /** Together where the log answers for all of them; else each alone, so that one stands in the way of no other. */
  private async trimSome(log: TrimmedLog, some: readonly Deleted[], { attempt }: TrimAttempts): Promise<void> {
    const full = await fullOf(
      log,
      some.flatMap(({ partitions }) => partitions),
    );
    for (const { id, partitions } of some) {
      let isDone = true;
      for (const partition of partitions) {
        const work = async (): Promise<void> => {
          const head = full === null ? await headOf(log, partition) : full.get(partition);
          if (head !== undefined) await log.trim(partition, head + 1, { timeoutMs: oneTimeoutMs });
        };
        isDone = (await attempt(partition, work)) && isDone;
      }
      if (isDone) this.pending.delete(id);
    }
  }
}

/** The last offset of each that has entries: most were trimmed by a root of before. Null where the log does not answer for all. */
async function fullOf(log: TrimmedLog, partitions: readonly string[]): Promise<Map<string, number> | null> {
  if (partitions.length === 0) return new Map();
  try {
    // What was removed as a whole has no head that could be asked for.
    const earliest = await log.earliest(partitions);
    const there = partitions.flatMap((partition, i) => {
      return earliest[i] === Infinity ? [] : [{ partition, from: earliest[i]! }];
    });
    const heads = there.length === 0 ? [] : await log.heads(there.map(({ partition }) => partition));
    return new Map(there.flatMap(({ partition, from }, i) => (from <= heads[i]! ? [[partition, heads[i]!]] : [])));
  } catch {
    return null;
  }
}

/** Undefined where the partition is empty. */
async function headOf(log: TrimmedLog, partition: string): Promise<number | undefined> {
  const options = { timeoutMs: oneTimeoutMs };
  const [earliest] = await log.earliest([partition], options);
  if (earliest === Infinity) return undefined;
  const [head] = await log.heads([partition], options);
  return earliest! <= head! ? head : undefined;
}
