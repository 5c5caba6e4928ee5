import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { freshnessOf, type AnsweredOffsets } from '../freshness/freshness.ts';
import { makeCoverage, type Coverage } from '../gather/coverage.ts';
import type { SearchRun } from './search-run.ts';

/** Coverage of every shard of the index by what one round gathered. */
export function coverageOf(
  { root, index }: SearchRun,
  { answers, answered }: CountedDocuments,
  failures: readonly ShardFailure[],
): Coverage {
  return makeCoverage({
    asked: index.shards,
    answered,
    failures,
    documents: answers.reduce((sum, { partial }) => sum + partial.documents, 0),
    documentsOf: (shard) => root.directory.documentsOf(index.id, shard),
    freshness: freshnessOf(
      root.heads,
      index,
      answers.map(({ partial }) => partial),
      root.clock.now(),
    ),
    stops: root.directory.stopsOf(index.id, index.shards),
  });
}

interface CountedDocuments {
  /** Of the shards that answered, with their live documents. */
  readonly answers: readonly { readonly partial: AnsweredOffsets & { readonly documents: number } }[];
  readonly answered: readonly number[];
}
