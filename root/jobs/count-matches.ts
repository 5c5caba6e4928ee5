/**
 * How many documents a job is to come to, shard by shard, and in which state of the shard: what is less in the end was changed before the job
 * came to it.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { JobSpec } from '../../shared/jobs/job-entry.ts';
import { gatherCounts } from '../gather/gather.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { readAggregate } from './read-aggregate.ts';
import { searchShard } from './search-shard.ts';

export interface ShardMatches {
  /** The log offset of the state that was looked at. */
  readonly until: number;
  readonly count: number;
}

const timeoutMs = 30_000;
/** Shards that are asked at a time. */
const shardsAtOnce = 16;

/**
 * @param heads by shard: the states looked at are no older
 * @throws SheafError COVERAGE_TOO_LOW where a shard has no replica that has come so far
 */
export async function countMatches(
  root: RoundDependencies,
  index: IndexDefinition,
  { query }: Pick<JobSpec, 'query'>,
  heads: readonly number[],
): Promise<ShardMatches[]> {
  // No time is asked about: that of aggregations means nothing.
  const request = readAggregate({ query, aggs: {} }, index.schema, 0);
  const { signal } = new AbortController();
  const countShard = async (shard: number): Promise<ShardMatches> => {
    const answers = await searchShard(root, request, { index, shard, until: heads[shard]!, timeoutMs, signal });
    return { until: answers[0]!.partial.offsets[shard]!, count: gatherCounts(answers).total };
  };
  const counted: ShardMatches[] = [];
  for (let from = 0; from < heads.length; from += shardsAtOnce) {
    const shards = Array.from(heads.keys()).slice(from, from + shardsAtOnce);
    counted.push(...(await Promise.all(shards.map(countShard))));
  }
  return counted;
}
