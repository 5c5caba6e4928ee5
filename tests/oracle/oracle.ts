/**
 * The slow, obvious twin of the whole service: it keeps the documents of one index in memory and answers a search, given
 * as the JSON body a caller sends, by reading every one of them.
 *
 * With the service it shares the analyzer, the reading of single values, the shard of a key, and types: everything
 * else is written a second time, so that a fault on either side shows.
 */
import { shardOfKey } from '../../shared/hashing/hash.ts';
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { aggregate } from './aggregations.ts';
import { matchesOf } from './clauses.ts';
import type { Collection, StoredDocument } from './collection.ts';
import { asNumber, asObject, type Json, type JsonObject } from './json.ts';
import { compareRanks, type RankedHit, ranksAfter, shownValues, sortKeysOf, sortValue } from './ranking.ts';
import { filterSource } from './source.ts';

export interface OracleOptions {
  /** The name of the index. */
  readonly index: string;
  readonly schema: IndexSchema;
  readonly shards: number;
}

/** All that is right about an answer. Hits are not cut to the page asked for: ties are judged over all of them. */
export interface OracleAnswer {
  readonly index: string;
  /** The request, for what depends on how it was written. */
  readonly body: JsonObject;
  readonly from: number;
  readonly size: number;
  readonly sort: readonly SortKey[];
  /** Documents that match. */
  readonly total: number;
  /** Every document that matches and comes after `search_after`, best first. */
  readonly ranking: readonly RankedHit[];
  /** The part of a hit's source that was asked for; `undefined` when none was. */
  sourceOf(hit: RankedHit): JsonObject | undefined;
  /** The sort values of a hit as they are shown. */
  shownOf(this: void, hit: RankedHit): SortValue[];
  /** In the caller's shape; `undefined` when none were asked for. */
  readonly aggregations: JsonObject | undefined;
}

const bodyProperties = [
  'query',
  'from',
  'size',
  'sort',
  'search_after',
  'explain',
  '_source',
  'track_total_hits',
  'timeout',
  'spread',
  'aggs',
  'aggregations',
];

export class Oracle {
  readonly #options: OracleOptions;
  readonly #documents = new Map<string, StoredDocument>();
  #position = 0;

  constructor(options: OracleOptions) {
    this.#options = options;
  }

  /** Stores a document; one with the same key is replaced and arrives anew, after all others. */
  put(key: string, source: JsonObject): void {
    const shard = shardOfKey(key, this.#options.shards);
    this.#documents.set(key, { key, source, shard, position: this.#position++ });
  }

  delete(key: string): void {
    this.#documents.delete(key);
  }

  get(key: string): JsonObject | undefined {
    return this.#documents.get(key)?.source;
  }

  /** The keys of all documents. */
  keys(): string[] {
    return [...this.#documents.keys()];
  }

  /**
   * Answers the body of a search. Cost: every document is read for every clause.
   *
   * @throws Error for anything in the body that it does not know, and for what the service refuses
   */
  search(json: Json): OracleAnswer {
    const body = asObject(json, bodyProperties);
    const { index, schema } = this.#options;
    const collection: Collection = { index, schema, documents: [...this.#documents.values()] };
    const matches = matchesOf(collection, body['query'] ?? { match_all: {} });
    const requests = body['aggs'] ?? body['aggregations'];
    const sort = sortKeysOf(schema, body['sort']);
    const ranking = rank(schema, sort, matches);
    return {
      index,
      body,
      from: asNumber(body['from'], 0),
      size: asNumber(body['size'], 10),
      sort,
      total: ranking.length,
      ranking:
        body['search_after'] === undefined
          ? ranking
          : ranking.filter((hit) => ranksAfter(schema, sort, hit, body['search_after'])),
      shownOf: (hit) => shownValues(schema, sort, hit),
      sourceOf: (hit) => filterSource(hit.document.source, body['_source']),
      aggregations: requests === undefined ? undefined : aggregate(collection, [...matches.keys()], asObject(requests)),
    };
  }
}

function rank(
  schema: IndexSchema,
  sort: readonly SortKey[],
  matches: ReadonlyMap<StoredDocument, number>,
): RankedHit[] {
  return [...matches]
    .map(([document, score]) => ({
      document,
      score,
      values: sort.map((key) => sortValue(schema, key, document, score)),
    }))
    .sort((a, b) => compareRanks(sort, a, b));
}
