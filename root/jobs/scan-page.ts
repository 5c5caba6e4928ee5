/** One page of the documents that a job goes through: asked of any replica that has come as far as the job looks. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { ScanTask } from '../../shared/protocol/tasks/scan.ts';
import type { Query } from '../../shared/query/query.ts';
import { askShards, type RoundDependencies } from '../plan/round.ts';

export interface PageAsk extends Pick<ScanTask, 'above' | 'until' | 'size' | 'sources' | 'origin'> {
  readonly index: IndexDefinition;
  readonly shard: number;
  readonly query: Query;
  readonly signal: AbortSignal;
}

export interface ScannedDocument {
  readonly key: string;
  /** Log offset of the entry that made it what it is. */
  readonly sequence: number;
  /** A view; empty where sources were not asked for. */
  readonly source: Uint8Array;
}

export interface Page {
  readonly documents: readonly ScannedDocument[];
  /** See ScanPartial. */
  readonly upTo: number;
  /** Searches came to the leaf that answered lately. */
  readonly besideSearches: boolean;
}

const timeoutMs = 30_000;
const noBytes = new Uint8Array(0);

/** @throws SheafError COVERAGE_TOO_LOW where no replica answered; the reason of the signal */
export async function scanPage(root: RoundDependencies, ask: PageAsk): Promise<Page> {
  const { index, shard, query, above, until, size, sources, origin, signal } = ask;
  const ofOrigin = origin === undefined ? {} : { origin };
  const { answers, failures } = await askShards<ScanTask>(root, {
    index,
    shards: [shard],
    deadline: root.clock.now() + timeoutMs,
    coverageMin: 1,
    taskClass: 'scan',
    at: until < 0 ? {} : { [shard]: until },
    signal,
    about: { priority: 'batch' },
    makeTask: (base) => ({ ...base, kind: 'scan', query, above, until, size, sources, ...ofOrigin }),
  });
  const answer = answers[0];
  if (answer === undefined) throw new SheafError('COVERAGE_TOO_LOW', { detail: { shard, failures } });
  const { found, upTo, besideSearches = false } = answer.partial;
  let start = 0;
  const documents = found.keys.map((key, i): ScannedDocument => {
    const end = start + (found.sourceBytes[i] ?? 0);
    const source = sources ? answer.body.subarray(start, end) : noBytes;
    start = end;
    return { key, sequence: found.sequences[i]!, source };
  });
  return { documents, upTo, besideSearches };
}
