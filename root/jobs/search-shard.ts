/** Asks one shard what matches, of a replica that has come as far as is asked. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { noStatistics } from '../../shared/ranking/statistics.ts';
import { errorOfRequest } from '../gather/coverage.ts';
import type { GatheredBytes } from '../gather/gathered-bytes.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { beginSearch } from '../plan/search-run.ts';
import { searchShards } from '../plan/search-round.ts';
import { encodeToken } from '../route/token.ts';
import type { Answer } from '../scatter/drive.ts';
import { judgeFailure } from '../scatter/judge-failure.ts';

export interface ShardAsk {
  readonly index: IndexDefinition;
  readonly shard: number;
  /** The log offset that the replica has reached; −1: any. */
  readonly until: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Of what the job gathers; that of this shard alone where it is left out. */
  readonly gathered?: GatheredBytes;
}

/**
 * @param asked without hits
 * @throws SheafError what the search itself meets, such as AGGREGATION_TOO_MANY_BUCKETS; COVERAGE_TOO_LOW where no replica answered; the reason of the
 *   signal
 */
export async function searchShard(
  root: RoundDependencies,
  asked: SearchRequest,
  { index, shard, until, timeoutMs, signal, ...gathering }: ShardAsk,
): Promise<readonly Answer<SearchTask>[]> {
  const token = until < 0 ? {} : { token: encodeToken({ [partitionOf(index, shard)]: until }) };
  const arrival = { arrivedAt: root.clock.now(), signal, trace: null, ...gathering };
  const run = beginSearch(root, { timeoutMs, coverageMin: 1 }, index, { ...asked, ...token }, arrival);
  const { answers, failures } = await searchShards(run, {
    terms: {},
    isScored: false,
    statistics: noStatistics,
    answered: [shard],
    failures: [],
    pinned: null,
    countedAt: null,
  });
  const [failure] = failures;
  if (failure === undefined) return answers;
  if (judgeFailure(failure.code).fault === 'query') throw errorOfRequest(failure, [shard]);
  throw new SheafError('COVERAGE_TOO_LOW', { detail: { shard, failures } });
}
