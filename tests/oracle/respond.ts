/** The response a right service would send: what the tests of the comparison begin from before they spoil it. */
import type { StoredDocument } from './collection.ts';
import type { JsonObject } from './json.ts';
import type { OracleAnswer } from './oracle.ts';

export function respond(answer: OracleAnswer): JsonObject {
  const track = answer.body['track_total_hits'] ?? 10_000;
  const count = answer.total;
  const within = track === true || count <= Number(track);
  const scored = answer.sort.some((key) => key.by === 'score');
  const page = answer.ranking.slice(answer.from, answer.from + answer.size);
  const best = Math.max(...answer.ranking.map((hit) => hit.score));
  return {
    took: 1,
    timed_out: false,
    complete: true,
    hits: {
      ...(track === false ? {} : { total: { value: within ? count : Number(track), relation: within ? 'eq' : 'gte' } }),
      max_score: scored && answer.size > 0 && count > 0 ? best : null,
      hits: page.map((hit) => {
        const source = answer.sourceOf(hit);
        return {
          _index: answer.index,
          _id: hit.document.key,
          _score: scored ? hit.score : null,
          ...(answer.body['explain'] === true ? { _explanation: { value: hit.score } } : {}),
          ...(source === undefined ? {} : { _source: source }),
          ...(answer.body['sort'] === undefined
            ? {}
            : { sort: [...answer.shownOf(hit), ...place(answer, hit.document)] }),
        };
      }),
    },
    ...(answer.aggregations === undefined ? {} : { aggregations: answer.aggregations }),
  };
}

/** In pages the place of a hit is a sort value too. */
function place(answer: OracleAnswer, { shard, position }: StoredDocument): string[] {
  return answer.body['search_after'] === undefined ? [] : [`${shard}:${position}`];
}
