/** The round that finds: hits, totals and aggregations of the shards whose counts are known. */
import type { SearchTask } from '../../shared/protocol/tasks.ts';
import { totalUpTo } from '../../shared/query/request.ts';
import { similaritiesOf } from '../../shared/schema/similarities.ts';
import type { Gathered } from '../scatter/drive.ts';
import { askRound, type SearchRun } from './search-run.ts';
import type { Counted } from './statistics-round.ts';

/** Rejects with `signal.reason` when the caller left. */
export async function searchShards(run: SearchRun, counted: Counted): Promise<Gathered<SearchTask>> {
  const { request, index } = run;
  const work = {
    kind: 'search',
    query: request.query,
    k: request.from + request.size,
    sort: request.sort,
    ...(request.after === undefined ? {} : { after: request.after }),
    source: request.source,
    aggregations: request.aggregations,
    ...(request.highlight === undefined ? {} : { highlight: request.highlight }),
    ...(request.explain === true ? { explain: true } : {}),
    ...totalUpTo(request),
    ...(request.weight === undefined ? {} : { weight: request.weight }),
    similarities: similaritiesOf(index.schema, counted.terms),
    statistics: counted.statistics,
  } as const;
  return await askRound<SearchTask>(run, {
    name: 'search',
    shards: counted.answered,
    spread: run.spread,
    pinned: counted.pinned,
    countedAt: counted.countedAt,
    deadline: run.deadlines.scatterBy,
    taskClass: counted.isScored ? 'scored search' : 'search',
    makeTask: (base) => ({ ...base, ...work }),
  });
}
