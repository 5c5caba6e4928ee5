/** The queries that are measured: a fixed mix of kinds, its words drawn from the corpus. Pure. */
import type { Random } from '../../shared/random/random.ts';
import type { WordSource } from '../corpus/words.ts';

export interface BenchQuery {
  readonly kind: string;
  /** Body of the search. */
  readonly body: string;
}

interface Kind {
  readonly name: string;
  readonly make: (words: WordSource, random: Random) => unknown;
}

const match = (text: string): unknown => ({ match: { definition: text } });

/** What people ask of a collection of texts; the mix holds equally many of each. */
const kinds: readonly Kind[] = [
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

export const kindNames: readonly string[] = kinds.map(({ name }) => name);

/** So many queries of each kind, in random order; every one has a `timeout` that no slow moment reaches. */
export function makeQueries(words: WordSource, random: Random, ofEachKind: number): BenchQuery[] {
  const queries = kinds.flatMap(({ name, make }) => {
    return Array.from({ length: ofEachKind }, () => {
      return { kind: name, body: JSON.stringify({ ...(make(words, random) as object), timeout: '30s' }) };
    });
  });
  return random.shuffle(queries);
}
