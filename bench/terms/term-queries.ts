/** The queries that tell the two kinds of index apart: by how many documents hold their words. Pure. */
import type { WordSource } from '../corpus/words.ts';
import type { BenchQuery } from '../search/queries.ts';

export interface TermWords {
  /** Words that few documents hold. */
  readonly rare: WordSource;
  /** Words that many hold. */
  readonly common: WordSource;
  /** Words that a good part of all hold. */
  readonly everywhere: WordSource;
}

const match = (text: string): unknown => ({ match: { definition: text } });
const all = (words: readonly string[]): unknown => ({ bool: { must: words.map(match) } });

const kinds: readonly { readonly name: string; readonly make: (words: TermWords) => object }[] = [
  { name: 'rare term', make: ({ rare }) => ({ query: match(rare.draw()) }) },
  { name: 'rare AND any', make: ({ rare }) => ({ query: all(rare.drawPair()) }) },
  {
    name: 'rare AND everywhere',
    make: ({ rare, everywhere }) => ({ query: all([rare.draw(), everywhere.draw()]) }),
  },
  { name: 'common term', make: ({ common }) => ({ query: match(common.draw()) }) },
  { name: 'common AND common', make: ({ common }) => ({ query: all([common.draw(), common.draw()]) }) },
  {
    name: 'common AND common, counted only',
    make: ({ common }) => ({ query: all([common.draw(), common.draw()]), size: 0, track_total_hits: true }),
  },
  {
    name: 'three common, OR',
    make: ({ common }) => ({ query: match([common.draw(), common.draw(), common.draw()].join(' ')) }),
  },
  { name: 'everywhere term', make: ({ everywhere }) => ({ query: match(everywhere.draw()) }) },
  {
    name: 'everywhere OR everywhere',
    make: ({ everywhere }) => ({ query: match(`${everywhere.draw()} ${everywhere.draw()}`) }),
  },
];

/** So many queries of each kind, kind after kind; every one has a `timeout` that no slow moment reaches. */
export function makeTermQueries(words: TermWords, ofEachKind: number): ReadonlyMap<string, readonly BenchQuery[]> {
  return new Map(
    kinds.map(({ name, make }) => [
      name,
      Array.from({ length: ofEachKind }, () => {
        return { kind: name, body: JSON.stringify({ ...make(words), timeout: '30s' }) };
      }),
    ]),
  );
}
