/** What the shards that did not answer may have of a search, by what they last told of themselves. */
import {
  unbounded,
  type Missing,
  type MissingShard,
  type NoEstimate,
  type Sample,
} from '../../shared/aggregation/missing-shards.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { boundsOfField } from '../../shared/protocol/columns-report.ts';
import { mayMatchWithin } from '../../shared/query/query.ts';
import type { Coverage } from '../gather/coverage.ts';
import type { GatheredSearch } from '../gather/gather.ts';
import type { ShardSummary } from '../membership/shard-map.ts';
import type { SearchRun } from './search-run.ts';
import type { ShardDirectory } from './shard-directory.ts';

/** Of a search what this is told by. */
export interface SearchOfShards extends Pick<SearchRun, 'request' | 'shards'> {
  readonly root: { readonly directory: Pick<ShardDirectory, 'summaryOf'> };
  readonly index: Pick<IndexDefinition, 'id' | 'routing'>;
}

/** Null where all shards answered. Cost: a look at the query for each that did not. */
export function missingOf(
  run: SearchOfShards,
  coverage: Pick<Coverage, 'shards' | 'failures' | 'documents'>,
): Missing | null {
  if (coverage.shards.failed === 0) return null;
  const { root, index, request } = run;
  const summaryOf = (shard: number): ShardSummary | null => root.directory.summaryOf(index.id, shard);
  const failed = coverage.failures.flatMap(({ shards }) => shards);
  const missing: Missing = {
    shards: failed.map((shard) => missingShard(request.query, summaryOf(shard))),
    sample: sampleOf(run, coverage.documents.answered, summaryOf),
    reason: 'unknown',
  };
  // What is counted is how often documents count.
  return request.weight === undefined ? missing : unbounded(missing, 'index_kind');
}

/** Leaves that stop counting say so: then all of their documents may match. */
export function uncountedOf(
  { total, totalRelation }: Pick<GatheredSearch, 'total' | 'totalRelation'>,
  { documents }: Pick<Coverage, 'documents'>,
): number {
  return totalRelation === 'gte' ? Math.max(0, documents.answered - total) : 0;
}

function missingShard(query: SearchRun['request']['query'], summary: ShardSummary | null): MissingShard {
  if (summary === null) return { documents: null, least: 0, most: Infinity, columns: null };
  const { documents, columns = null } = summary;
  const mayMatch = mayMatchWithin(query, (field) => boundsOfField(columns, field));
  const most = mayMatch ? documents : 0;
  return { documents, least: query.kind === 'all' ? most : 0, most, columns };
}

/** The documents that answered, where keys alone decide which shard a document is in. */
function sampleOf(
  { index, request, shards }: SearchOfShards,
  documents: number,
  summaryOf: (shard: number) => ShardSummary | null,
): Sample {
  const reason = (why: NoEstimate): Sample => ({ reason: why });
  if (request.routing !== undefined || index.routing === 'required') return reason('routing');
  const summaries = shards.map(summaryOf).filter((summary) => summary !== null);
  if (summaries.length < shards.length) return reason('unknown');
  if (summaries.some(({ unrouted }) => unrouted !== true)) return reason('routing');
  const known = new Map<string, number>();
  const mostValues = (field: string): number => {
    let most = known.get(field);
    if (most === undefined) {
      most = summaries.reduce((sofar, { columns = null }) => Math.max(sofar, boundsOfField(columns, field).most), 0);
      known.set(field, most);
    }
    return most;
  };
  return { documents, mostValues };
}
