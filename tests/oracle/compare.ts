/**
 * Holds the answer of the service to the oracle's. Scores may differ in the last bits, because their sums run in another
 * order, and so may what pipelines compute: nothing else may. Where scores are nearly equal either order of the hits is right, but the order must
 * follow from the scores the service itself gave, ties going to the lower shard and then to the earlier arrival.
 */
import { isDeepStrictEqual } from 'node:util';
import type { SortKey } from '../../shared/ranking/order.ts';
import { asObject, isObject, type Json, type JsonObject } from './json.ts';
import type { OracleAnswer } from './oracle.ts';
import { isPipeline } from './pipelines.ts';
import { compareRanks, type RankedHit } from './ranking.ts';
import { withoutEmpty } from './source.ts';

/** How far two numbers may be apart, relative to the greater. */
const tolerance = 1e-9;

export function nearlyEqual(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * What is wrong with a response, one sentence each; empty when all is right.
 *
 * @param response the parsed body of a search answered with status 200
 */
export function compareAnswer(expected: OracleAnswer, response: Json): string[] {
  if (!isObject(response)) return [`the response is ${show(response)}, not an object`];
  const hits = response['hits'];
  if (!isObject(hits)) return [`hits is ${show(hits)}, not an object`];
  return [
    ...differsAt('timed_out', false, response['timed_out']),
    ...differsAt('complete', true, response['complete']),
    ...compareTotal(expected, hits['total']),
    ...compareMaxScore(expected, hits['max_score']),
    ...compareHits(expected, hits['hits']),
    ...compareAggregations(
      'aggregations',
      expected.aggregations,
      response['aggregations'],
      expected.body['aggs'] ?? expected.body['aggregations'],
    ),
  ];
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'absent';
}

function differsAt(at: string, expected: unknown, actual: unknown): string[] {
  return isDeepStrictEqual(expected, actual) ? [] : [`${at} is ${show(actual)}, expected ${show(expected)}`];
}

/** Exact up to the limit; beyond it at least the limit, and never more than is true. */
function compareTotal(expected: OracleAnswer, actual: Json | undefined): string[] {
  const track = expected.body['track_total_hits'] ?? 10_000;
  const count = expected.total;
  if (track === false) return differsAt('hits.total', undefined, actual);
  if (track === true || count <= Number(track)) {
    return differsAt('hits.total', { value: count, relation: 'eq' }, actual);
  }
  const value = isObject(actual) ? actual['value'] : undefined;
  const sound = typeof value === 'number' && value >= Number(track) && value <= count;
  return sound && isObject(actual) && actual['relation'] === 'gte'
    ? []
    : [`hits.total is ${show(actual)}, expected gte ${show(track)} to ${count}`];
}

function isScored(expected: OracleAnswer): boolean {
  return expected.sort.some((key) => key.by === 'score');
}

/** The best score where hits are ranked by it, `null` where none is computed; in between both are allowed. */
function compareMaxScore(expected: OracleAnswer, actual: Json | undefined): string[] {
  const best = expected.ranking.reduce((max, hit) => Math.max(max, hit.score), -Infinity);
  const right = typeof actual === 'number' && nearlyEqual(actual, best);
  const first = expected.sort[0]!;
  if (isScored(expected) && expected.ranking.length > 0 && expected.size > 0) {
    if (first.by === 'score' && first.descending)
      return right ? [] : [`hits.max_score is ${show(actual)}, not ${best}`];
    return right || actual === null ? [] : [`hits.max_score is ${show(actual)}, neither ${best} nor null`];
  }
  return expected.size === 0 && right ? [] : differsAt('hits.max_score', null, actual);
}

function compareHits(expected: OracleAnswer, actual: Json | undefined): string[] {
  if (!Array.isArray(actual)) return [`hits.hits is ${show(actual)}, not an array`];
  const page = expected.ranking.slice(expected.from, expected.from + expected.size);
  const differences = differsAt('the number of hits', page.length, actual.length);
  const byKey = new Map(expected.ranking.map((hit) => [hit.document.key, hit]));
  const found: RankedHit[] = [];
  for (const [rank, json] of actual.entries()) {
    const at = `hits.hits[${rank}]`;
    const key = isObject(json) ? json['_id'] : undefined;
    const hit = typeof key === 'string' ? byKey.get(key) : undefined;
    if (!isObject(json) || hit === undefined) {
      differences.push(`${at} is ${show(json)}, which does not match`);
      continue;
    }
    differences.push(...compareHit(at, expected, hit, json));
    const wanted = page[rank];
    if (wanted !== undefined && !interchangeable(expected.sort, wanted, hit)) {
      differences.push(`${at} is ${describe(hit)}, expected ${describe(wanted)}`);
    }
    found.push(asAnswered(expected.sort, hit, json));
  }
  return [...differences, ...compareOrder(expected.sort, found)];
}

function describe(hit: RankedHit): string {
  const { key, shard, position } = hit.document;
  return `${key} (${show(hit.values)}, shard ${shard}, arrival ${position})`;
}

function compareHit(at: string, expected: OracleAnswer, hit: RankedHit, json: JsonObject): string[] {
  return [
    ...differsAt(`${at}._index`, expected.index, json['_index']),
    ...compareScore(`${at}._score`, isScored(expected) ? hit.score : null, json['_score']),
    ...compareSortValues(`${at}.sort`, expected, hit, json['sort']),
    ...compareExplanation(`${at}._explanation`, expected, json),
    ...compareSource(`${at}._source`, expected, hit, json['_source']),
  ];
}

function compareScore(at: string, expected: number | null, actual: Json | undefined): string[] {
  if (expected !== null && typeof actual === 'number' && nearlyEqual(actual, expected)) return [];
  return differsAt(at, expected, actual);
}

/** What explains a score is that score, to the last bit: both are the service's own. */
function compareExplanation(at: string, { body }: OracleAnswer, json: JsonObject): string[] {
  const explanation = json['_explanation'];
  if (body['explain'] !== true) return differsAt(at, undefined, explanation);
  return isObject(explanation)
    ? differsAt(`${at}.value`, json['_score'], explanation['value'])
    : [`${at} is ${show(explanation)}, not an object`];
}

/** A `sort` by score alone may leave the values out, as Elasticsearch does. Of a position only the type is known. */
function compareSortValues(at: string, expected: OracleAnswer, hit: RankedHit, actual: Json | undefined): string[] {
  const { sort } = expected;
  const optional = expected.body['sort'] === undefined || (sort.length === 1 && sort[0]!.by === 'score');
  if (actual === undefined && optional) return [];
  const isPage = expected.body['search_after'] !== undefined;
  const count = sort.length + (isPage ? 1 : 0);
  if (!Array.isArray(actual) || actual.length !== count) {
    return [`${at} is ${show(actual)}, expected ${count} values`];
  }
  const place = actual[sort.length];
  const isPlace = typeof place === 'string' && place.startsWith(`${hit.document.shard}:`);
  if (isPage && !isPlace) return [`${at} ends with ${show(place)}, not a place in shard ${hit.document.shard}`];
  const shown = expected.shownOf(hit);
  return sort.flatMap((key, i) => {
    const value = actual[i]!;
    if (key.by === 'position') return typeof value === 'number' ? [] : [`${at}[${i}] is ${show(value)}, not a number`];
    if (key.by === 'score') return compareScore(`${at}[${i}]`, hit.score, value);
    return differsAt(`${at}[${i}]`, shown[i], typeof value === 'boolean' ? Number(value) : value);
  });
}

function compareSource(at: string, expected: OracleAnswer, hit: RankedHit, actual: Json | undefined): string[] {
  const source = expected.sourceOf(hit);
  const filter = expected.body['_source'];
  if (filter === undefined || typeof filter === 'boolean') return differsAt(at, source, actual);
  if (!isObject(actual)) return [`${at} is ${show(actual)}, not an object`];
  return differsAt(at, source, withoutEmpty(actual) ?? {});
}

/** Whether two hits may stand in each other's place: some score of theirs is nearly equal and all before it is equal. */
function interchangeable(keys: readonly SortKey[], a: RankedHit, b: RankedHit): boolean {
  if (a.document === b.document) return true;
  for (const [i, key] of keys.entries()) {
    if (key.by === 'score' && nearlyEqual(a.score, b.score)) return true;
    if (a.values[i] !== b.values[i]) return false;
  }
  return false;
}

/** The hit with the score the service gave it, which decides the order it must stand in. */
function asAnswered(keys: readonly SortKey[], hit: RankedHit, json: JsonObject): RankedHit {
  const score = typeof json['_score'] === 'number' ? json['_score'] : hit.score;
  return { ...hit, score, values: keys.map((key, i) => (key.by === 'score' ? score : hit.values[i]!)) };
}

/** Each hit must come strictly after the one before it, which also finds a hit given twice. */
function compareOrder(keys: readonly SortKey[], hits: readonly RankedHit[]): string[] {
  return hits.flatMap((hit, i) => {
    const before = hits[i - 1];
    return before === undefined || compareRanks(keys, before, hit) < 0
      ? []
      : [`${describe(hit)} stands after ${describe(before)}`];
  });
}

/** Numbers that are made of others, in steps that each round: how far off they may be, as a share of them and in all. */
interface Slack {
  readonly share: number;
  readonly apart: number;
}

const exact: Slack = { share: 0, apart: 0 };
/** Roots are not rounded but once, and no double tells most of them. */
const ofRoots: Slack = { share: 1e-14, apart: 0 };
/** Sums of numbers that may cancel: what is nearly zero beside ordinary values is zero. */
const ofSums: Slack = { share: tolerance, apart: tolerance };

/** Of the results that have such names what they say is not rounded only once. */
const slackByName: ReadonlyMap<string, Slack> = new Map([
  ['std_deviation', ofRoots],
  ['std_deviation_population', ofRoots],
  ['std_deviation_sampling', ofRoots],
  ['std_deviation_bounds', ofSums],
]);

/**
 * What is wrong with results of aggregations, one sentence each: they have the same names in the same order, counts, keys and numbers to the last
 * digit, but for roots and what pipelines compute. The service may say more of a metric (`value_as_string`), never less.
 * @param requests what was asked, for the names of the pipelines
 */
export function compareAggregations(
  at: string,
  expected: Json | undefined,
  actual: Json | undefined,
  requests: Json | undefined,
): string[] {
  return compareResults(at, expected, actual, { pipelines: new Set(pipelineNames(requests)), slack: exact });
}

interface Comparing {
  /** Their names. They may stand anywhere among the others. */
  readonly pipelines: ReadonlySet<string>;
  readonly slack: Slack;
}

function compareResults(
  at: string,
  expected: Json | undefined,
  actual: Json | undefined,
  comparing: Comparing,
): string[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return isWithin(comparing.slack, expected, actual) ? [] : differsAt(at, expected, actual);
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((element, i) => compareResults(`${at}[${i}]`, element, actual[i], comparing));
  }
  if (!isObject(expected) || !isObject(actual)) return differsAt(at, expected, actual);
  // What it took is not the same each time.
  const free = at.endsWith('.accuracy') ? ['rounds', 'bytes'] : [];
  const extra = Object.keys(actual).filter(
    (name) => !Object.hasOwn(expected, name) && !name.endsWith('_as_string') && !free.includes(name),
  );
  const { pipelines } = comparing;
  return [
    ...extra.map((name) => `${at}.${name} is ${show(actual[name])}, expected nothing`),
    ...compareNames(at, expected, actual, pipelines),
    ...Object.entries(expected).flatMap(([name, value]) => {
      const slack = pipelines.has(name) ? ofSums : (slackByName.get(name) ?? comparing.slack);
      const other = Object.hasOwn(actual, name) ? actual[name] : undefined;
      return compareResults(`${at}.${name}`, value, other, { pipelines, slack });
    }),
  ];
}

function isWithin({ share, apart }: Slack, a: number, b: number): boolean {
  const distance = Math.abs(a - b);
  return a === b || distance <= share * Math.max(Math.abs(a), Math.abs(b)) || distance <= apart;
}

/** The names that both have, but for those of pipelines, in one order. */
function compareNames(at: string, expected: JsonObject, actual: JsonObject, pipelines: ReadonlySet<string>): string[] {
  const common = (one: JsonObject, other: JsonObject): string[] =>
    Object.keys(one).filter((name) => Object.hasOwn(other, name) && !pipelines.has(name));
  return differsAt(`the order of the names in ${at}`, common(expected, actual), common(actual, expected));
}

function pipelineNames(requests: Json | undefined): string[] {
  return Object.entries(isObject(requests) ? requests : {}).flatMap(([name, request]) => {
    const { aggs, aggregations } = asObject(request);
    return [...(isPipeline(request) ? [name] : []), ...pipelineNames(aggs ?? aggregations)];
  });
}
