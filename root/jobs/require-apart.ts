/** That copies which met something have not met another document of their key. Touches the world through replicas. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { numberOfPartition } from '../../shared/index-kinds/partitions.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';
import type { Result } from '../../shared/judge/judge.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Query } from '../../shared/query/query.ts';
import type { LineOutcome } from '../plan/ask-outcomes.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { collisionOf } from './collision.ts';
import { findKeys } from './find-keys.ts';

export interface Copied {
  readonly index: IndexDefinition;
  readonly target: IndexDefinition;
  /** What is copied. */
  readonly query: Query;
  readonly outcomes: readonly LineOutcome[];
  readonly signal: AbortSignal;
}

/** @throws SheafError JOB_ROUTINGS_MEET, COVERAGE_TOO_LOW, LOG_UNAVAILABLE */
export async function requireApart(
  root: RoundDependencies & { readonly log: Log },
  { spec, items }: Pick<Job, 'spec' | 'items'>,
  { index, target, query, outcomes, signal }: Copied,
): Promise<void> {
  // In a single shard a key has one document, whatever its routing.
  if (index.shards === 1) return;
  const met = outcomes.filter(({ outcome }) => !isUntouched(outcome?.result));
  const keys = [...new Set(met.map(({ key }) => key))];
  if (keys.length === 0) return;
  const here = await findKeys(root, { index, keys, query, signal });
  // A copy that came to nothing beside one of the same job: that may be of another document.
  const late = new Set(met.flatMap(({ key, outcome }) => (outcome?.result === 'noop' ? [key] : [])));
  const there = await findKeys(root, { index: target, keys: [...late], query: { kind: 'all' }, signal });
  // Who takes a place may lose none of them; else it may be gone since.
  const gone = spec.alias === undefined ? undefined : null;
  const upTo = items.map((item) => item.upTo);
  for (const { key, partition, outcome } of met) {
    const shard = numberOfPartition(partition);
    const isLate = outcome?.result === 'noop';
    const copy = isLate ? (there.find((each) => each.key === key && each.shard === shard) ?? gone) : undefined;
    const copied = { key, shard, here: here.filter((each) => each.key === key), there: copy };
    const collision = collisionOf(copied, target, upTo);
    if (collision !== null) throw new SheafError('JOB_ROUTINGS_MEET', { detail: { ...collision } });
  }
}

/** Whether a copy found nothing of its key, or a delete was of no copy. */
function isUntouched(result: Result | undefined): boolean {
  return result === 'created' || result === 'deleted' || result === 'not_found';
}
