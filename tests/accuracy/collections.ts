/** Documents whose terms lie over shards in ways that are kind or unkind to whoever asks each shard for its first ones. */
import type { Random } from '../../shared/random/random.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';

export const schema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    term: { kind: 'keyword' },
    number: { kind: 'integer' },
    group: { kind: 'keyword' },
    value: { kind: 'integer' },
  },
};

export interface Document {
  readonly term: string;
  readonly number: number;
  readonly group: string;
  readonly value: number;
}

/** The documents of each shard. */
export type Collection = readonly (readonly Document[])[];

export interface CollectionSize {
  readonly shards: number;
  /** Of each shard. */
  readonly documents: number;
  /** About how many different terms there are to a shard. */
  readonly terms: number;
  /** Where a term is second on every shard: so many are, behind as many that are first; 10 where left out. */
  readonly common?: number;
}

/** Gives the number of the term of document `i` of a shard. */
type Draw = (shard: number, i: number) => number;

/** By name. */
export const distributions: Readonly<Record<string, (random: Random, size: CollectionSize) => Draw>> = {
  zipf: (random, { terms }) => {
    const drawn = zipf(random, terms);
    return () => drawn();
  },
  'zipf, another on each shard': (random, { terms }) => {
    const drawn = zipf(random, terms);
    return (shard) => (drawn() + shard * 7) % terms;
  },
  uniform:
    (random, { terms }) =>
    () =>
      random.integer(0, terms - 1),
  flat:
    (_random, { terms }) =>
    (_shard, i) =>
      i % terms,
  // Common terms are just behind those that a shard has alone.
  'second on every shard': (random, { documents, terms, common = 10 }) => {
    const most = Math.max(2, Math.floor(documents / (3 * common)));
    return (shard, i) => {
      const place = i % (2 * common);
      if (i < common * (2 * most - 1)) return place < common ? terms * (shard + 2) + place : place;
      return terms * (shard + 3) - 1 - random.integer(0, Math.max(0, terms - common - 1));
    };
  },
  'its own and a few of all':
    (random, { terms }) =>
    (shard) =>
      random.chance(0.8) ? terms * (shard + 1) + random.integer(0, terms - 1) : random.integer(0, 3),
};

export function makeCollection(random: Random, name: string, size: CollectionSize): Collection {
  const draw = distributions[name]!(random, size);
  return Array.from({ length: size.shards }, (_shard, shard) =>
    Array.from({ length: size.documents }, (_, i): Document => {
      const number = draw(shard, i);
      return { term: `t${number}`, number, group: `g${number % 3}`, value: random.integer(-50, 1000) };
    }),
  );
}

/** Numbers from 0, each less likely than the one before by about the inverse of its rank. */
function zipf(random: Random, terms: number): () => number {
  const upTo = new Float64Array(terms);
  let sum = 0;
  for (let i = 0; i < terms; i++) upTo[i] = sum += (i + 1) ** -1.1;
  return () => {
    const at = random.next() * sum;
    let [low, high] = [0, terms - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
