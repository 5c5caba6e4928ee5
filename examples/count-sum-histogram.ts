/**
 * Three things a roll-up is for: counting the words of a text, summing the people of towns into counties and states, and a
 * histogram of the sizes of towns. What comes out is compared with the same, worked out in a loop.
 */
import { readWordnet } from '../command/demo/wordnet.ts';
import type { Cluster } from '../tests/cluster/start.ts';
import { readTowns, type Town } from './towns.ts';

export interface CountResult {
  /** What is shown. */
  readonly lines: readonly string[];
  /** Where the roll-up and the loop differ; empty when all is well. */
  readonly faults: readonly string[];
}

interface Bucket {
  readonly key: string | number;
  readonly doc_count: number;
  readonly people?: { readonly value: number };
}

/** @param texts how many definitions of WordNet are the text */
export async function countSumHistogram(
  cluster: Cluster,
  { texts }: { readonly texts: number },
  say: (line: string) => void,
): Promise<CountResult> {
  const api = `${cluster.url}/v1/indexes`;
  const faults: string[] = [];
  const lines: string[] = [];
  const compare = (what: string, buckets: readonly Bucket[], exact: ReadonlyMap<string | number, number>): void => {
    for (const { key, doc_count: count, people } of buckets) {
      const actual = people?.value ?? count;
      if (exact.get(key) !== actual) faults.push(`${what} ${key}: ${actual}, and ${exact.get(key)} in a loop`);
    }
    if (buckets.length === 0) faults.push(`${what}: nothing came back`);
  };

  const words = await readWords(texts);
  say(`counting ${words.length.toLocaleString('en-US')} words`);
  await put(`${api}/words`, { word: { kind: 'keyword' } }, {});
  await load(
    `${api}/words`,
    words.map((word) => ({ word })),
  );
  const top = await aggregate(`${api}/words`, { terms: { field: 'word', size: 10 } });
  compare(
    'word',
    top,
    countBy(
      words,
      (word) => word,
      () => 1,
    ),
  );
  lines.push('the words most used', ...top.map(({ key, doc_count: count }) => `  ${key}: ${count}`));

  const towns = readTowns(say);
  say(`summing the people of ${towns.length.toLocaleString('en-US')} towns`);
  const places = { state: { kind: 'keyword' }, county: { kind: 'keyword' }, thousands: { kind: 'integer' } };
  await put(`${api}/towns`, places, { people: {} });
  const thousandsOf = ({ population }: Town): number => Math.floor(population / 1000);
  await load(
    `${api}/towns`,
    towns.map((town) => ({
      state: town.state,
      county: countyOf(town),
      thousands: thousandsOf(town),
      people: town.population,
    })),
  );
  const aggs = { people: { sum: { field: 'people' } } };
  const states = await aggregate(`${api}/towns`, { terms: { field: 'state', size: 5 }, aggs });
  compare(
    'state',
    states,
    countBy(
      towns,
      ({ state }) => state,
      ({ population }) => population,
    ),
  );
  lines.push('the states with most towns', ...states.map(({ key, people }) => `  ${key}: ${people?.value} people`));
  const counties = await aggregate(`${api}/towns`, { terms: { field: 'county', size: 5 }, aggs });
  compare(
    'county',
    counties,
    countBy(towns, countyOf, ({ population }) => population),
  );
  lines.push('the counties with most towns', ...counties.map(({ key, people }) => `  ${key}: ${people?.value} people`));
  const sizes = await aggregate(`${api}/towns`, { histogram: { field: 'thousands', interval: 100, min_doc_count: 1 } });
  compare(
    'size',
    sizes,
    countBy(
      towns,
      (town) => Math.floor(thousandsOf(town) / 100) * 100,
      () => 1,
    ),
  );
  lines.push(
    'towns by size',
    ...sizes.slice(0, 5).map(({ key, doc_count: count }) => `  from ${key} thousand: ${count}`),
  );
  return { lines, faults };
}

async function readWords(texts: number): Promise<string[]> {
  const words: string[] = [];
  let read = 0;
  for await (const { definition } of readWordnet()) {
    if (read++ === texts) break;
    words.push(...(definition.toLowerCase().match(/[a-z]+/g) ?? []));
  }
  return words;
}

/** Counties of different states share names; a town in several counties is listed without one. */
function countyOf({ county, state }: Town): string {
  return `${county === '' ? 'several counties' : county}, ${state}`;
}

/** The plain twin. */
function countBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number,
  amountOf: (item: T) => number,
): Map<string | number, number> {
  const sums = new Map<string | number, number>();
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + amountOf(item));
  return sums;
}

async function put(url: string, dimensions: object, metrics: object): Promise<void> {
  await ask('PUT', url, JSON.stringify({ kind: 'rollup', shards: 4, schema: { dimensions, metrics } }));
}

const bulkLines = 20_000;

/** Sends increments as documents, and waits until they can be seen. */
async function load(url: string, increments: readonly object[]): Promise<void> {
  for (let at = 0; at < increments.length; at += bulkLines) {
    const body = increments.slice(at, at + bulkLines).map((increment) => JSON.stringify(increment));
    await ask('POST', `${url}/documents?refresh=wait`, body.join('\n'), `bulk-${at}`);
  }
}

async function aggregate(url: string, aggregation: object): Promise<readonly Bucket[]> {
  const found = (await ask('POST', `${url}/search`, JSON.stringify({ timeout: '20s', aggs: { x: aggregation } }))) as {
    readonly aggregations: { readonly x: { readonly buckets: readonly Bucket[] } };
  };
  return found.aggregations.x.buckets;
}

async function ask(method: string, url: string, body: string, key?: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
  const lines = { ...headers, 'content-type': 'application/x-ndjson' };
  const answer = await fetch(url, { method, headers: url.includes('/documents') ? lines : headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
