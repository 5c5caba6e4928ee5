/** The first documents of a bucket, as a search shows its hits. */
import { integerWithin, oneOf } from '../json/readers.ts';
import { JsonText } from '../json/json-text.ts';
import { isObject } from '../json/read-object.ts';
import { listOf, shaped } from '../json/validators.ts';
import { isCount, isOffset, isWhole } from '../protocol/partial-fields.ts';
import { validateSort, validateSourceFilter } from '../protocol/validate-hits.ts';
import type { SourceFilter } from '../query/request.ts';
import { compareByKeys, compareStrings, type HitPosition, type SortKey, type SortValue } from '../ranking/order.ts';
import { shownKey, shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';
import { routingName, splitRouting } from '../schema/routing.ts';
import type { AggregationDefinition, Finishing } from './definition.ts';
import { bytesOfKey } from './answer-budget.ts';
import { OrderedMerge } from './ordered-merge.ts';
import { Pace } from './steps.ts';
import { sayCount } from './say-bounds.ts';

export type TopHitsRequest = {
  readonly kind: 'top_hits';
  /** Hits that are passed over, and hits that are told then; of none only the number of documents is. */
  readonly from: number;
  readonly size: number;
  /** At least one key. */
  readonly sort: readonly SortKey[];
  /** How values of the sort keys are shown, parallel to them. */
  readonly shows: readonly ShownName[];
  readonly source: SourceFilter;
};

export interface TopHit extends HitPosition {
  /** Id of the index. */
  readonly index: string;
  readonly key: string;
  /** The JSON of the document, or of what was asked for of it; left out where nothing was. */
  readonly source?: string;
}

export type TopHitsPartial = {
  readonly kind: 'top_hits';
  /** Documents in the bucket. */
  readonly count: number;
  /** The first, at most `from + size`, in order. */
  readonly hits: readonly TopHit[];
};

interface TopHitsResult {
  readonly hits: {
    readonly total: Readonly<Record<string, unknown>>;
    readonly max_score: SortValue;
    readonly hits: readonly Readonly<Record<string, unknown>>[];
  };
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly top_hits: {
      readonly request: TopHitsRequest;
      readonly partial: TopHitsPartial;
      readonly result: TopHitsResult;
      readonly stepped: true;
    };
  }
}

/** What hits take in JSON besides them, and each but for its key, its source and its sort values. */
const resultBytes = 80;
const hitBytes = 72;
/** Characters of a source that are looked through in the time that a bucket takes. */
const sourcePerBucket = 65_536;

function bytesOfHit({ key, source = '', values }: TopHit): number {
  return hitBytes + key.length + source.length + values.reduce<number>((sum, value) => sum + bytesOfKey(value), 0);
}

const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);

export const topHits: AggregationDefinition<'top_hits'> = {
  nests: false,
  partialKind: 'top_hits',
  validate: shaped({
    from: fromZero,
    size: fromZero,
    sort: validateSort,
    shows: listOf(oneOf(shownNames)),
    source: validateSourceFilter,
  }),
  readsScores: (request) => keptOf(request) > 0 && request.sort.some(({ by }) => by === 'score'),
  isPartial: (request, { count, hits }) =>
    isCount(count) &&
    Array.isArray(hits) &&
    hits.length <= Math.min(keptOf(request), count) &&
    hits.every((hit) => isHit(request, hit)),
  *merge(request, parts) {
    if (parts.length === 1) return parts[0]!;
    const compare = (a: TopHit, b: TopHit): number => compareTopHits(request.sort, a, b);
    const all = new OrderedMerge(
      parts.map(({ hits }) => hits),
      compare,
    );
    const pace = new Pace();
    const kept: TopHit[] = [];
    for (let hit = all.next(); hit !== undefined && kept.length < keptOf(request); hit = all.next()) {
      kept.push(hit);
      if (pace.isDue()) yield;
    }
    return { kind: 'top_hits', count: parts.reduce((sum, { count }) => sum + count, 0), hits: kept };
  },
  resultBytes: () => resultBytes,
  *finish(request, { count, hits }, finishing) {
    const { from, size, sort } = request;
    const best = sort[0]!.by === 'score' && sort[0]!.descending ? hits[0]?.values[0] : null;
    const told = hits.slice(from, from + size);
    for (const hit of told) finishing.budget.takeBytes(bytesOfHit(hit));
    const shown: Readonly<Record<string, unknown>>[] = [];
    for (const hit of told) {
      shown.push(shownHit(request, hit, finishing));
      if (finishing.pace.isDue(1 + Math.floor((hit.source?.length ?? 0) / sourcePerBucket))) yield;
    }
    return { hits: { total: totalOf(count, finishing), max_score: best ?? null, hits: shown } };
  },
};

/** How many hits a part has at most. */
export function keptOf({ from, size }: Pick<TopHitsRequest, 'from' | 'size'>): number {
  return size === 0 ? 0 : from + size;
}

/** The order of hits: by the sort keys, then by index, shard and log offset. It is total. */
export function compareTopHits(sort: readonly SortKey[], a: TopHit, b: TopHit): number {
  return compareByKeys(sort, a, b) || compareStrings(a.index, b.index) || a.shard - b.shard || a.offset - b.offset;
}

function isHit({ sort, source }: TopHitsRequest, hit: unknown): boolean {
  if (!isObject(hit) || typeof hit['index'] !== 'string' || typeof hit['key'] !== 'string') return false;
  if (!isWhole(hit['shard']) || !isOffset(hit['offset'])) return false;
  if (source !== false && typeof hit['source'] !== 'string') return false;
  const { values } = hit;
  if (!Array.isArray(values) || values.length !== sort.length) return false;
  return sort.every((key, i) =>
    key.by === 'field' ? values[i] === null || typeof values[i] === key.values : typeof values[i] === 'number',
  );
}

/** Documents that a leaf cut away with a bucket, and those of missing shards, are not counted. */
function totalOf(value: number, { isComplete, lacking, missing = null }: Finishing): Readonly<Record<string, unknown>> {
  const relation = isComplete && lacking === 0 ? 'eq' : 'gte';
  return { value, relation, ...(missing === null ? {} : sayCount({ found: value, uncounted: lacking }, missing)) };
}

/** Scores by themselves are not told twice. */
function shownHit(
  { sort, shows }: TopHitsRequest,
  { index, key, values, source }: TopHit,
  { nameOf = (id) => id }: Finishing,
): Readonly<Record<string, unknown>> {
  const scoreAt = sort.findIndex(({ by }) => by === 'score');
  const showsSort = sort.length > 1 || scoreAt < 0 || !sort[0]!.descending;
  const { routing, document } = source === undefined ? noSource : readSource(source);
  return {
    _index: nameOf(index),
    _id: key,
    ...(routing === null ? {} : { _routing: routing }),
    _score: scoreAt < 0 ? null : values[scoreAt]!,
    ...(document === undefined ? {} : { _source: document }),
    ...(showsSort ? { sort: values.map((value, i) => (value === null ? null : shownKey(shows[i]!, value).key)) } : {}),
  };
}

const noSource = { routing: null, document: undefined } as const;

/** Of the hits that are told, and no others. Sources are parsed as those of a search are: not at all. */
function readSource(text: string): { readonly routing: string | null; readonly document: JsonText } {
  if (!text.includes(`"${routingName}":`)) return { routing: null, document: new JsonText(text) };
  const { routing, source } = splitRouting(Buffer.from(text));
  return { routing, document: new JsonText(Buffer.from(source).toString()) };
}
