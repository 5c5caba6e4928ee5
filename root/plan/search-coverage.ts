import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { freshnessOf, type AnsweredOffsets } from '../freshness/freshness.ts';
import { makeCoverage, type Coverage } from '../gather/coverage.ts';
import { partialOfSkipped } from './skipped-shard.ts';
import type { SearchRun } from './search-run.ts';

/** Coverage of every shard of the index by what one round gathered. */
export function coverageOf(
  { root, index, shards, skipped }: SearchRun,
  { answers, answered }: CountedDocuments,
  failures: readonly ShardFailure[],
): Coverage {
  const known = [...answers.map(({ partial }) => partial), ...skipped.map(partialOfSkipped)];
  return makeCoverage({
    asked: shards.length,
    answered,
    failures,
    skipped: skipped.map(({ shard }) => shard),
    documents: known.reduce((sum, { documents }) => sum + documents, 0),
    documentsOf: (shard) => root.directory.documentsOf(index.id, shard),
    stateOf: (shard) => root.directory.summaryOf(index.id, shard),
    freshness: freshnessOf(root.heads, index, known, root.clock.now()),
    stops: root.directory.stopsOf(index.id, index.shards),
  });
}

interface CountedDocuments {
  /** Of the shards that answered, with their live documents. */
  readonly answers: readonly { readonly partial: AnsweredOffsets & { readonly documents: number } }[];
  readonly answered: readonly number[];
}
