/**
 * What a job of kind aggregate does: each shard is asked alone, with all the time it takes (map), and what they answer is merged and finished as
 * the answers of a search are (reduce). The parts are held by whoever works at the job: another that goes on with it asks again.
 */
import { AnswerBudget } from '../../shared/aggregation/answer-budget.ts';
import type { AggregationPartials } from '../../shared/aggregation/definition.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { gatherCounts } from '../gather/gather.ts';
import { GatheredBytes } from '../gather/gathered-bytes.ts';
import { finishParts } from '../gather/finish-answer.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { neverLate, runInSlices } from '../plan/run-in-slices.ts';
import { readAggregate } from './read-aggregate.ts';
import { resultLimit, withinLimit } from './result-limit.ts';
import { searchShard } from './search-shard.ts';

export interface AggregateDependencies extends RoundDependencies {
  readonly kinds: RootKinds;
}

/** No shard takes so long. One that is lost in the middle is asked again. */
const shardTimeoutMs = 600_000;

export class AggregateWork {
  private readonly root: AggregateDependencies;
  private readonly parts = new Map<number, readonly AggregationPartials[]>();
  private partsBytes = 0;

  constructor(root: AggregateDependencies) {
    this.root = root;
  }

  /** The first shard that is not asked yet; −1 where all are. */
  nextOf({ items }: Job): number {
    return items.findIndex((_, shard) => !this.parts.has(shard));
  }

  /**
   * Asks a shard, of a replica that has what was there when the job was created.
   * @returns how many documents matched
   * @throws SheafError what the aggregations themselves meet, such as AGGREGATION_TOO_MANY_BUCKETS; AGGREGATION_TOO_LARGE; COVERAGE_TOO_LOW where no replica answered; the
   *   reason of the signal
   */
  async map(job: Job, index: IndexDefinition, shard: number, signal: AbortSignal): Promise<number> {
    const { root } = this;
    const request = requestOf(job, index);
    const { until } = job.items[shard]!;
    const gathered = new GatheredBytes(this.partsBytes);
    const ask = { index, shard, until, timeoutMs: shardTimeoutMs, signal, gathered };
    const { total, parts } = gatherCounts(await searchShard(root, request, ask));
    this.partsBytes = gathered.bytes;
    this.parts.set(shard, parts);
    return total;
  }

  /**
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, JOB_RESULT_TOO_LARGE and what the kind's `finish` throws; the reason of the signal
   */
  async result(job: Job, index: IndexDefinition, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const { kinds } = this.root;
    const request = requestOf(job, index);
    const parts = job.items.flatMap((_, shard) => this.parts.get(shard)!);
    const { aggregations } = request;
    const budget = new AnswerBudget(resultLimit);
    const work = withinLimit(finishParts(kinds, { index, request, aggregations }, { parts, isComplete: true, budget }));
    return await runInSlices(this.root, work, { until: Infinity, signal, late: neverLate });
  }
}

function requestOf({ spec, createdAtMs }: Job, { schema }: IndexDefinition): SearchRequest {
  return { ...readAggregate({ query: spec.query, aggs: spec.aggs }, schema, createdAtMs), priority: 'batch' };
}
