/** All rows of one shard of a roll-up, as one replica holds them at one moment. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { RowsTask } from '../../shared/protocol/tasks/rows.ts';
import { freshnessOf } from '../freshness/freshness.ts';
import { makeCoverage, requireCoverage } from '../gather/coverage.ts';
import { planDeadlines } from '../plan/deadline.ts';
import { reserveMsMin } from '../plan/merge-reserve.ts';
import { offsetsForSearch, tokenHeader, tokenOfAnswer } from '../route/token.ts';
import { askShards, type RoundDependencies } from '../plan/round.ts';

export interface ScanRequest {
  readonly index: IndexDefinition;
  readonly shard: number;
  /** What the caller has read before; undefined where it says nothing. */
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ScannedRows {
  /** One row a line: see ShownRow. */
  readonly lines: Uint8Array;
  /** Up to this log offset every increment of the shard is in them, and none after it; −1 before the first. */
  readonly offset: number;
  /** See SearchAnswer. */
  readonly token: string | null;
}

/** @throws SheafError COVERAGE_TOO_LOW, ROWS_TOO_LARGE; `signal.reason` when the caller left */
export async function scanRows(root: RoundDependencies, request: ScanRequest): Promise<ScannedRows> {
  const { index, shard, timeoutMs, signal, token } = request;
  const at = token === undefined ? {} : offsetsForSearch(token, index, tokenHeader);
  const now = root.clock.now();
  const { answers, answered, failures } = await askShards<RowsTask>(root, {
    index,
    shards: [shard],
    deadline: planDeadlines(now, timeoutMs, reserveMsMin).scatterBy,
    coverageMin: 1,
    taskClass: 'rows',
    at,
    signal,
    about: { priority: 'batch' },
    makeTask: (base) => ({ ...base, kind: 'rows' }),
  });
  const partials = answers.map(({ partial }) => partial);
  const freshness = freshnessOf(root.heads, index, partials, root.clock.now());
  requireCoverage(makeCoverage({ asked: 1, answered, failures, freshness, documents: 0, documentsOf: () => null }), 1);
  const [answer] = answers;
  if (answer === undefined) throw new Error('a shard that answered has no answer');
  const offset = answer.partial.offsets[String(shard)] ?? -1;
  return { lines: answer.body, offset, token: tokenOfAnswer(index, at, partials) };
}
