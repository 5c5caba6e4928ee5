/**
 * How complete the answer of a term index is. Its shards are those the search asked: the ones that have its terms, and
 * the ones that have the documents of the page. A document was looked at where all terms were, so when a term's
 * shard fails, no document was.
 */
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { freshnessOf, type AnsweredOffsets } from '../freshness/freshness.ts';
import { makeCoverage, type Coverage } from '../gather/coverage.ts';
import type { SearchRun } from '../plan/search-run.ts';

/** A round after the first. */
export interface LaterRound {
  readonly answered: readonly number[];
  readonly failures: readonly ShardFailure[];
}

/** The round that found what matches. */
interface FirstRound extends LaterRound {
  /** The log offset up to which its answers were used. */
  readonly cut: number;
  /** Documents of the whole index; null where nothing answered. */
  readonly collection: number | null;
}

export function termCoverage(
  { root, index }: SearchRun,
  { round, later }: { readonly round: FirstRound; readonly later: readonly LaterRound[] },
): Coverage {
  const rounds = [round, ...later];
  const failures = new Map<number, ShardFailure>();
  for (const failure of rounds.flatMap((one) => one.failures)) {
    if (!failures.has(failure.shard)) failures.set(failure.shard, failure);
  }
  const answered = new Set(rounds.flatMap((one) => one.answered).filter((shard) => !failures.has(shard)));
  const counted = makeCoverage({
    asked: answered.size + failures.size,
    answered: [...answered],
    failures: [...failures.values()],
    documents: 0,
    documentsOf: (shard) => root.directory.documentsOf(index.id, shard),
    freshness: freshnessOf(root.heads, index, usedOffsets(round), root.clock.now()),
    stops: root.directory.stopsOf(index.id, index.shards),
  });
  const { collection } = round;
  const lost = later.flatMap((one) => one.failures).reduce((sum, { shard }) => sum + ownDocuments(shard), 0);
  function ownDocuments(shard: number): number {
    return root.directory.documentsOf(index.id, shard) ?? 0;
  }
  const looked = round.failures.length > 0 ? 0 : Math.max(0, (collection ?? 0) - lost);
  return { ...counted, documents: { asked: collection, answered: looked } };
}

/** All shards read one partition, and what is above the cut is left out. */
export function usedOffsets({ answered, cut }: Pick<FirstRound, 'answered' | 'cut'>): AnsweredOffsets[] {
  const [first] = answered;
  return first === undefined ? [] : [{ shards: [first], offsets: { [first]: cut } }];
}
