/**
 * One document by key: the log head of its partition, then one replica that has reached it. Where keys have no shards any
 * shard may have the key, and more than one document may have it: every shard is asked, and the latest document is it.
 */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import { partitionOf, shardsOfKey } from '../shared/index-kinds/partitions.ts';
import type { OffsetsByShard } from '../shared/protocol/tasks/task.ts';
import type { Log } from '../shared/log/log.ts';
import type { DocumentTask, FoundDocument } from '../shared/protocol/tasks/document.ts';
import { freshnessOf } from './freshness/freshness.ts';
import { makeCoverage, requireCoverage } from './gather/coverage.ts';
import { planDeadlines } from './plan/deadline.ts';
import { reserveMsMin } from './plan/merge-reserve.ts';
import type { Answer } from './scatter/drive.ts';
import { offsetsForSearch, tokenHeader, tokenOfAnswer } from './route/token.ts';
import { askShards, type RoundDependencies } from './plan/round.ts';

export interface GetRequest {
  readonly index: IndexDefinition;
  readonly key: string;
  /** What decides its shard in place of the key. */
  readonly routing?: string;
  /** The shard, where it is known whatever decided it. */
  readonly shard?: number;
  /** See every write acknowledged so far; needs the log. */
  readonly realtime: boolean;
  readonly timeoutMs: number;
  /** What the caller has read before; undefined where it says nothing. */
  readonly token: string | undefined;
}

export interface ReadDocument {
  /** Null where there is none. */
  readonly found: (Pick<FoundDocument, 'version' | 'sequence'> & { readonly source: Uint8Array }) | null;
  /** See SearchAnswer. */
  readonly token: string | null;
}

/** @throws SheafError COVERAGE_TOO_LOW, TOKEN_INVALID, LOG_UNAVAILABLE when realtime */
export async function getDocument(
  root: RoundDependencies & { readonly log: Log },
  request: GetRequest,
): Promise<ReadDocument> {
  const { index, key, routing = null, realtime, timeoutMs, token } = request;
  const seen = token === undefined ? {} : offsetsForSearch(token, index, tokenHeader);
  const { scatterBy } = planDeadlines(root.clock.now(), timeoutMs, reserveMsMin);
  const shards = request.shard === undefined ? shardsOfKey(index, key, routing) : [request.shard];
  const [head] = realtime ? await root.log.heads([partitionOf(index, shards[0]!)], { timeoutMs }) : [-1];
  // A task of this kind is about one shard.
  const asked = await Promise.all(
    shards.map((shard) =>
      askShards<DocumentTask>(root, {
        index,
        shards: [shard],
        deadline: scatterBy,
        coverageMin: 1,
        taskClass: 'document',
        at: atLeast(shard, Math.max(head!, seen[shard] ?? -1)),
        signal: new AbortController().signal,
        makeTask: (base) => ({ ...base, kind: 'document', key }),
      }),
    ),
  );
  const answered = asked.flatMap((round) => round.answered);
  const failures = asked.flatMap((round) => round.failures);
  const partials = asked.flatMap((round) => round.answers).map(({ partial }) => partial);
  const freshness = freshnessOf(root.heads, index, partials, root.clock.now());
  const counted = { asked: shards.length, answered, failures, freshness, documents: 0, documentsOf: () => null };
  requireCoverage(makeCoverage(counted), 1);
  const answer = latestOf(asked.flatMap((round) => round.answers));
  return { found: foundBy(answer), token: tokenOfAnswer(index, seen, partials) };
}

function foundBy(answer: Answer<DocumentTask> | null): ReadDocument['found'] {
  if (answer === null) return null;
  const { version, sequence } = answer.partial.found!;
  return { source: answer.body, version, sequence };
}

function atLeast(shard: number, offset: number): OffsetsByShard {
  return offset < 0 ? {} : { [shard]: offset };
}

function latestOf(answers: readonly Answer<DocumentTask>[]): Answer<DocumentTask> | null {
  let latest: Answer<DocumentTask> | null = null;
  let highest = -1;
  for (const answer of answers) {
    const offset = answer.partial.found?.offset ?? -1;
    if (offset <= highest) continue;
    latest = answer;
    highest = offset;
  }
  return latest;
}
