/** What is known of the leaves that have the shards of a round: how they stand, and whether their replicas are far behind. */
import { farBehindMs, type Lag } from '../freshness/replica-lags.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { OffsetsByShard } from '../../shared/protocol/tasks/task.ts';
import type { LeafBook } from '../scatter/leaf-book.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import type { LeafView } from '../scatter/replica-choice.ts';
import { lineLimits } from './admission.ts';
import type { ShardDirectory } from './shard-directory.ts';

interface Known {
  readonly clock: Clock;
  readonly defence: { readonly book: Pick<LeafBook, 'view' | 'busierThan'> };
  readonly directory: Pick<ShardDirectory, 'readyOwners' | 'lagsOf'>;
}

interface Asked {
  readonly index: Pick<IndexDefinition, 'id' | 'shards'>;
  readonly shards: readonly number[];
  /** Log offsets that replicas must have reached, as the next. */
  readonly at: OffsetsByShard;
  readonly floor: OffsetsByShard;
  readonly priority: Priority;
  readonly leftMs: number;
}

/**
 * For each shard its owners. One where the query would wait for longer than the door lets it is `busy`: it was let in because
 * others are not, so these are to be asked. One whose replica is far behind the log, or by its last report behind what is asked of it, is
 * of condition `behind` for that shard and no other.
 */
export function viewOwners({ directory, defence, clock }: Known, asked: Asked): Map<number, LeafView[]> {
  const { index, shards, at, floor, priority, leftMs } = asked;
  const { book } = defence;
  const owners = directory.readyOwners(index.id, index.shards);
  const now = clock.now();
  const busy = book.busierThan(lineLimits({ priority, timeoutMs: leftMs }), priority, now);
  const known = new Map<string, { view: LeafView; lags: ReadonlyMap<number, Lag> }>();
  const viewOf = (leaf: string, shard: number): LeafView => {
    let found = known.get(leaf);
    if (found === undefined) {
      const view = book.view(leaf, now);
      const isBusy = view.condition === 'good' && busy.has(leaf);
      found = { view: isBusy ? { ...view, condition: 'busy' } : view, lags: directory.lagsOf(leaf, index.id) };
      known.set(leaf, found);
    }
    const { view, lags } = found;
    const lag = lags.size === 0 ? undefined : lags.get(shard);
    if (lag === undefined || (view.condition !== 'good' && view.condition !== 'busy')) return view;
    const lowest = Math.max(at[shard] ?? -1, floor[shard] ?? -1);
    return lag.offset < lowest || now - lag.since > farBehindMs ? { ...view, condition: 'behind' } : view;
  };
  return new Map(shards.map((shard) => [shard, owners[shard]!.map((leaf) => viewOf(leaf, shard))]));
}
