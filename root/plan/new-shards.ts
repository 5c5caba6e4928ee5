/**
 * Shards that this root has never seen ready: of an index that was created a moment ago, by another root perhaps, whose
 * leaves have yet to tell it. A search waits for them rather than say that nobody has them. No I/O.
 *
 * One that was ready once and is nowhere now is another matter: its leaves are gone, and waiting would help nobody.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { ShardDirectory } from './shard-directory.ts';

/**
 * So long after the first search that met it a new index is waited for, unless a token says that it was written to. Leaves
 * open a replica and tell of it in well under a second; what takes longer is a cluster without room or without leaves,
 * where each search would wait in vain.
 */
const newMs = 10_000;

/** Share of the search's time; the rest, of which no reserve takes more than all, is for the shards that there are. */
const waitShare = 1 / 2;

export interface AwaitedSearch {
  readonly index: IndexDefinition;
  /** Whether the caller gave a token, and so knows of a write that was acknowledged. */
  readonly hasToken: boolean;
  /** On the clock. */
  readonly arrivedAt: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface NewShardsDependencies {
  readonly clock: { now(): number };
  readonly directory: Pick<ShardDirectory, 'hasNewShards'>;
  readonly membership: { waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> };
}

export class NewShards {
  /** When a search first met each index that has such shards. */
  private readonly metAt = new WeakMap<IndexDefinition, number>();

  /** The same for whoever has written to an index that was created a moment ago, and asks its replicas what came of it. */
  async waitAfterWrite(root: NewShardsDependencies, index: IndexDefinition, timeoutMs: number): Promise<void> {
    const { signal } = new AbortController();
    await this.wait(root, { index, hasToken: true, arrivedAt: root.clock.now(), timeoutMs, signal });
  }

  /** Resolves when every shard has been ready, or when it is time to search without those that have not. */
  async wait({ clock, directory, membership }: NewShardsDependencies, search: AwaitedSearch): Promise<void> {
    const { index, hasToken, arrivedAt, timeoutMs, signal } = search;
    const isWhole = (): boolean => !directory.hasNewShards(index.id, index.shards);
    if (isWhole()) return;
    const now = clock.now();
    const metAt = this.metAt.get(index) ?? now;
    this.metAt.set(index, metAt);
    if (!hasToken && now - metAt >= newMs) return;
    const waitMs = arrivedAt + timeoutMs * waitShare - now;
    if (waitMs > 0) await membership.waitUntil(() => signal.aborted || isWhole(), waitMs);
  }
}
