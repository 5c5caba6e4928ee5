/**
 * Random addresses in documents and searches. They are drawn from what was generated without them, so the rest of a seed's
 * documents and searches is what it is without addresses.
 */
import { hash64 } from '../../shared/hashing/hash.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { asList, isObject, type Json, type JsonObject } from './json.ts';

/** Few, so that they meet; several ways of writing one, and the ends of blocks. */
const addresses = [
  '10.0.0.0',
  '10.0.0.1',
  '::ffff:10.0.0.1',
  '::FFFF:a00:2',
  '10.0.0.2',
  '10.0.255.255',
  '10.1.0.0',
  '10.255.255.255',
  '11.0.0.0',
  '9.255.255.255',
  '0.0.0.0',
  '255.255.255.255',
  '192.0.2.33',
  '::',
  '0:0:0:0:0:0:0:1',
  '::10.0.0.1',
  '64:ff9b::192.0.2.33',
  '2001:db8::',
  '2001:DB8::1',
  '2001:db8:0:0:1::1',
  '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
  '2001:db9::',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
];

const blocks = [
  '10.0.0.0/8',
  '10.0.0.7/16',
  '10.0.0.1/32',
  '10.0.0.2/31',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::1/32',
  '::/96',
];

function randomFrom(generated: Json): Random {
  return createRandom(Number(hash64(JSON.stringify(generated)) % 1_000_000_007n));
}

/** One address or several, or nothing. */
export function withAddress(document: JsonObject): JsonObject {
  const random = randomFrom(document);
  if (random.chance(0.2)) return document;
  const one = (): Json => random.pick(addresses);
  return {
    ...document,
    address: random.chance(0.6)
      ? one()
      : Array.from({ length: random.integer(0, 3) }, () => (random.chance(0.1) ? null : one())),
  };
}

/** A search that asks for addresses too, sometimes. @param isWhole whether it may ask for more than single addresses */
export function withAddresses(body: JsonObject, isWhole = true): JsonObject {
  const random = randomFrom(body);
  const result: Record<string, Json> = { ...body };
  if (random.chance(0.25)) result['query'] = withClause(random, body['query'], randomClause(random, isWhole));
  if (!isWhole) return result;
  if (random.chance(0.2) && body['explain'] === undefined) result['sort'] = withKey(random, body['sort']);
  if (random.chance(0.2)) {
    const name = body['aggregations'] === undefined ? 'aggs' : 'aggregations';
    const others = body[name];
    result[name] = { ...(isObject(others) ? others : {}), addresses: randomAggregation(random) };
  }
  return result;
}

/** Beside the query, or in its place. */
function withClause(random: Random, query: Json | undefined, clause: JsonObject): Json {
  const bool = isObject(query) ? query['bool'] : undefined;
  if (isObject(bool) && random.chance(0.6)) {
    const part = random.pick(['must', 'should', 'filter', 'must_not']);
    return { bool: { ...bool, [part]: [...asList(bool[part]), clause] } };
  }
  if (query === undefined || random.chance(0.15)) return clause;
  return { dis_max: { queries: [query, clause], tie_breaker: 0.5 } };
}

function randomClause(random: Random, isWhole: boolean): JsonObject {
  const operand = (): Json => (isWhole && random.chance(0.4) ? random.pick(blocks) : random.pick(addresses));
  const boost = random.chance(0.3) ? { boost: 2 } : {};
  const several = Array.from({ length: random.integer(0, 6) }, operand);
  const clauses: JsonObject[] = [
    { term: { address: operand() } },
    { term: { address: { value: operand(), ...boost } } },
    { terms: { address: several } },
    { terms: { address: several } },
    { match: { address: { query: operand(), ...boost } } },
  ];
  const others: JsonObject[] = [
    { match_phrase: { address: operand() } },
    { exists: { field: 'address', ...boost } },
    { prefix: { 'address.written': random.pick(['10.', '2001:', '::']) } },
    { range: { address: { [random.pick(['gt', 'gte'])]: operand(), ...boost } } },
    { range: { address: { [random.pick(['lt', 'lte'])]: operand() } } },
    { range: { address: { [random.pick(['gt', 'gte'])]: operand(), [random.pick(['lt', 'lte'])]: operand() } } },
  ];
  return random.pick(isWhole ? [...clauses, ...others] : clauses);
}

function withKey(random: Random, sort: Json | undefined): Json {
  const options = {
    order: random.pick(['asc', 'desc']),
    ...(random.chance(0.4) ? { missing: random.pick(['first', 'last']) } : {}),
    ...(random.chance(0.4) ? { mode: random.pick(['min', 'max']) } : {}),
  };
  const key = random.pick<Json>(['address', { address: options }]);
  return random.pick<Json>([key, [key, ...asList(sort).slice(0, 2)]]);
}

function randomAggregation(random: Random): JsonObject {
  if (random.chance(0.2)) return { value_count: { field: 'address' } };
  const terms: Record<string, Json> = { field: 'address' };
  if (random.chance(0.7)) terms['size'] = random.pick([1, 3, 50]);
  if (random.chance(0.5)) terms['order'] = random.pick<Json>([{ _key: 'asc' }, { _key: 'desc' }]);
  if (random.chance(0.3)) terms['missing'] = random.pick(addresses);
  if (random.chance(0.3)) terms['include'] = Array.from({ length: 4 }, () => random.pick(addresses));
  if (random.chance(0.3)) terms['exclude'] = Array.from({ length: 4 }, () => random.pick(addresses));
  return random.chance(0.5) ? { terms } : { terms, aggs: { ranks: { sum: { field: 'rank' } } } };
}
