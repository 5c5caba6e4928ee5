/** Hits in buckets, over every document of the bucket; scores are not known here, so nothing is sorted by them. */
import type { Collection, StoredDocument } from './collection.ts';
import { asNumber, asObject, type JsonObject } from './json.ts';
import { compareRanks, shownValues, sortKeysOf, sortValue } from './ranking.ts';
import { filterSource } from './source.ts';

export function topHits(
  { index, schema }: Collection,
  documents: readonly StoredDocument[],
  json: JsonObject,
): JsonObject {
  const body = asObject(json, ['from', 'size', 'sort', '_source']);
  const sort = sortKeysOf(schema, body['sort']);
  if (sort.some(({ by }) => by !== 'field')) throw new Error('the oracle orders hits in buckets by fields');
  const ranking = documents
    .map((document) => ({ document, score: 0, values: sort.map((key) => sortValue(schema, key, document, 0)) }))
    .sort((a, b) => compareRanks(sort, a, b));
  const from = asNumber(body['from'], 0);
  const hits = ranking.slice(from, from + asNumber(body['size'], 3)).map((hit) => {
    const source = filterSource(hit.document.source, body['_source']);
    return {
      _index: index,
      _id: hit.document.key,
      _score: null,
      ...(source === undefined ? {} : { _source: source }),
      sort: shownValues(schema, sort, hit),
    };
  });
  return { hits: { total: { value: documents.length, relation: 'eq' }, max_score: null, hits } };
}
