/** The round that fetches: keys and sources of winners that the leaves held back, of the leaf that found them or another owner. */
import { eachFetched, type FetchedDocument } from '../../shared/protocol/fetched-documents.ts';
import type { FetchTask } from '../../shared/protocol/tasks/fetch.ts';
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { HitPosition } from '../../shared/ranking/order.ts';
import { pinnedBy } from '../route/pinned-state.ts';
import type { Answer } from '../scatter/drive.ts';
import { fetchDeadline } from './deadline.ts';
import { askRound, type SearchRun } from './search-run.ts';

/** Names a version of a document: `shard/log offset`. */
export function versionOf({ shard, offset }: Pick<HitPosition, 'shard' | 'offset'>): string {
  return `${shard}/${offset}`;
}

/**
 * @param answers in which the hits were found
 * @param missing at least one hit
 * @returns by version what was found, of these hits and perhaps others; nothing where there is no time left
 */
export async function fetchDocuments(
  run: SearchRun,
  answers: readonly Answer<SearchTask>[],
  missing: readonly Pick<HitPosition, 'shard' | 'offset'>[],
): Promise<Map<string, FetchedDocument>> {
  const documents = new Map<string, FetchedDocument>();
  const now = run.root.clock.now();
  const deadline = fetchDeadline(now, run.deadlines);
  if (deadline <= now) return documents;
  const offsets = offsetsByShard(missing);
  const { source } = run.request;
  const foundIn = pinnedBy(answers);
  const isPinned = run.request.at !== undefined;
  // A replica that has the latest of them has all, or has dropped some.
  const latest = Object.fromEntries(Array.from(offsets, ([shard, each]) => [shard, Math.max(...each)]));
  const fetched = await askRound<FetchTask>(
    { ...run, at: isPinned ? {} : latest, waitMin: 1 },
    {
      name: 'fetch',
      shards: [...offsets.keys()].sort((a, b) => a - b),
      askedFirst: new Map(Array.from(foundIn, ([shard, { leaf }]) => [shard, leaf])),
      pinned: isPinned ? foundIn : null,
      end: deadline,
      taskClass: 'fetch',
      makeTask: (base) => ({
        ...base,
        kind: 'fetch',
        hits: Object.fromEntries(base.shards.map((shard) => [shard, offsets.get(shard)!])),
        source,
      }),
    },
  );
  for (const { partial, body } of fetched.answers) {
    eachFetched(partial.found, body, (shard, offset, document) => {
      documents.set(versionOf({ shard, offset }), document);
    });
  }
  return documents;
}

function offsetsByShard(hits: readonly Pick<HitPosition, 'shard' | 'offset'>[]): Map<number, number[]> {
  const byShard = new Map<number, number[]>();
  for (const { shard, offset } of hits) {
    const offsets = byShard.get(shard);
    if (offsets === undefined) byShard.set(shard, [offset]);
    else offsets.push(offset);
  }
  return byShard;
}
