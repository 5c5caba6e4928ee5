/** The queries that are measured: a fixed mix of kinds, its words drawn from the corpus. Pure. */
import type { Random } from '../../shared/random/random.ts';
import type { WordSource } from '../corpus/words.ts';

export interface BenchQuery {
  readonly kind: string;
  /** Body of the search. */
  readonly body: string;
}

export interface SearchKind {
  readonly name: string;
  /** The body of a search, without its timeout. */
  readonly make: (words: WordSource, random: Random) => object;
}

const match = (text: string): unknown => ({ match: { definition: text } });

/** What people ask of a collection of texts; the mix holds equally many of each. */
export const searchKinds: readonly SearchKind[] = [
  { name: 'one term', make: (words) => ({ query: match(words.draw()) }) },
  { name: 'two terms, AND', make: (words) => ({ query: { bool: { must: words.drawPair().map(match) } } }) },
  {
    name: 'three terms, OR',
    make: (words) => ({ query: match([words.draw(), words.draw(), words.draw()].join(' ')) }),
  },
  {
    name: 'term with range filter',
    make: (words, random) => {
      const filter = [{ range: { pointer_count: { gte: random.integer(2, 6) } } }];
      return { query: { bool: { must: [match(words.draw())], filter } } };
    },
  },
  {
    name: 'all, terms aggregation',
    make: () => ({ size: 0, aggs: { parts: { terms: { field: 'part_of_speech' } } } }),
  },
  { name: 'all, sorted by keyword', make: () => ({ sort: [{ id: 'asc' }] }) },
];

export const kindNames: readonly string[] = searchKinds.map(({ name }) => name);

/** So many queries of each kind, in random order; every one has a `timeout` that no slow moment reaches. */
export function makeQueries(words: WordSource, random: Random, ofEachKind: number): BenchQuery[] {
  const queries = searchKinds.flatMap(({ name, make }) => {
    return Array.from({ length: ofEachKind }, () => {
      return { kind: name, body: JSON.stringify({ ...make(words, random), timeout: '30s' }) };
    });
  });
  return random.shuffle(queries);
}
