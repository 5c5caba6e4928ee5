/** The round that fetches: keys and sources of the page's documents, each from the shard of its ordinal. */
import type { SourcesTask } from '../../shared/protocol/tasks/sources.ts';
import type { OffsetsByShard, ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { SearchRun } from '../plan/search-run.ts';
import { askSome } from '../plan/ask-some.ts';
import type { Match } from './best-matches.ts';

export interface FetchedDocument {
  readonly key: string;
  /** Its JSON, possibly filtered; empty when sources were not asked for. */
  readonly source: Uint8Array;
}

export interface SourcesRound {
  /** By ordinal. Those of shards that failed are missing. */
  readonly documents: ReadonlyMap<number, FetchedDocument>;
  readonly answered: readonly number[];
  readonly failures: readonly ShardFailure[];
}

/**
 * @param hits the best from + size; those before the page are not fetched
 * @param cut every document fetched is at or below it
 */
export async function fetchSources(run: SearchRun, hits: readonly Match[], cut: number): Promise<SourcesRound> {
  const { request, index } = run;
  const ordinals = hits.slice(request.from).map(({ ordinal }) => ordinal);
  const shardOf = (ordinal: number): number => ordinal % index.shards;
  const shards = [...new Set(ordinals.map(shardOf))].sort((a, b) => a - b);
  if (shards.length === 0) return { documents: new Map(), answered: [], failures: [] };
  const at: OffsetsByShard = Object.fromEntries(shards.map((shard) => [shard, cut]));
  const { answers, answered, failures } = await askSome<SourcesTask>(
    { ...run, at },
    {
      name: 'sources',
      shards,
      end: run.deadlines.scatterBy,
      taskClass: 'sources',
      makeTask: (base) => {
        const own = new Set(base.shards);
        const asked = ordinals.filter((ordinal) => own.has(shardOf(ordinal)));
        return { ...base, kind: 'sources', ordinals: asked, source: request.source };
      },
    },
  );
  const documents = new Map<number, FetchedDocument>();
  for (const { partial, body } of answers) {
    let start = 0;
    for (const { ordinal, key, sourceBytes } of partial.found) {
      documents.set(ordinal, { key, source: body.subarray(start, start + sourceBytes) });
      start += sourceBytes;
    }
  }
  return { documents, answered, failures };
}
