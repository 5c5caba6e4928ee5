/** One document by key: the shard's log head, then one replica that has reached it. */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import { SheafError } from '../shared/errors.ts';
import { shardOfKey } from '../shared/hashing/hash.ts';
import { shardPartition, type Log } from '../shared/log/log.ts';
import type { DocumentTask } from '../shared/protocol/tasks.ts';
import { makeCoverage, requireCoverage } from './gather/coverage.ts';
import { planDeadlines } from './plan/deadline.ts';
import { askShards, type RoundDependencies } from './plan/round.ts';

export interface GetRequest {
  readonly index: IndexDefinition;
  readonly key: string;
  /** See every write acknowledged so far; needs the log. */
  readonly realtime: boolean;
  readonly timeoutMs: number;
}

/**
 * The document's JSON as it was sent.
 * @throws SheafError DOCUMENT_NOT_FOUND, COVERAGE_TOO_LOW, LOG_UNAVAILABLE when realtime
 */
export async function getDocument(
  root: RoundDependencies & { readonly log: Log },
  request: GetRequest,
): Promise<Uint8Array> {
  const { index, key, realtime, timeoutMs } = request;
  const { scatterBy } = planDeadlines(
    root.clock.now(),
    timeoutMs,
    root.mergeReserve.reserveMs(timeoutMs, root.clock.now()),
  );
  const shard = shardOfKey(key, index.shards);
  const [head] = realtime ? await root.log.heads([shardPartition(index.id, shard)], { timeoutMs }) : [-1];
  const { answers, answered, failures } = await askShards<DocumentTask>(root, {
    index,
    shards: [shard],
    deadline: scatterBy,
    coverageMin: 1,
    taskClass: 'document',
    at: head! < 0 ? {} : { [shard]: head! },
    signal: new AbortController().signal,
    makeTask: (base) => ({ ...base, kind: 'document', key }),
  });
  requireCoverage(makeCoverage({ asked: 1, answered, failures, documents: 0, documentsOf: () => null }), 1);
  const [answer] = answers;
  if (answer === undefined || answer.partial.found === null) {
    throw new SheafError('DOCUMENT_NOT_FOUND', { detail: { index: index.name, key } });
  }
  return answer.body;
}
