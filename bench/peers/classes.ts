/** What Sheaf and its peers are asked, a row a class. Pure. */
import { searchKinds } from '../search/queries.ts';
import type { CorpusName } from './corpora.ts';
import type { Draws } from './draws.ts';

export interface PeerClass {
  /** Begins with the corpus. */
  readonly name: string;
  readonly corpus: CorpusName;
  /** The body of a search that both understand; ten hits with their documents unless it says otherwise. */
  readonly make: (draws: Draws) => object;
}

/** The field of each corpus whose words are drawn. */
export const textFields: Readonly<Record<CorpusName, string>> = {
  wordnet: 'definition',
  papers: 'abstract',
  flights: 'carrier',
};

const match = (text: string): object => ({ match: { abstract: text } });
const counted = { track_total_hits: true };
const onlyCounted = { ...counted, size: 0 };
const numbers = ['distance', 'air_time', 'dep_delay', 'arr_delay'] as const;

const papers: readonly (readonly [name: string, make: PeerClass['make']])[] = [
  ['a trivial query', (d) => ({ query: match(d.rareWord()), size: 1 })],
  ['OR', (d) => ({ query: match(d.differentWords(3)) })],
  ['OR, counted', (d) => ({ query: match(d.differentWords(3)), ...counted })],
  ['OR, only counted', (d) => ({ query: match(d.differentWords(3)), ...onlyCounted })],
  ['OR of 17 to 40', (d) => ({ query: match(d.differentWords(d.random.integer(17, 40))) })],
  ['AND', (d) => ({ query: { bool: { must: d.words.drawPair().map(match) } } })],
  ['phrase', (d) => ({ query: { match_phrase: { abstract: d.phrase() } } })],
  ['+must should', (d) => ({ query: { bool: { must: [match(d.word())], should: [match(d.differentWords(2))] } } })],
  ['negation', (d) => ({ query: { bool: { must: [match(d.word())], must_not: [match(d.word())] } } })],
  ['one term, only counted', (d) => ({ query: match(d.word()), ...onlyCounted })],
  ['page from 900', (d) => ({ query: match(`${d.commonWord()} ${d.word()}`), from: 900 })],
  ['page from 9,000', (d) => ({ query: match(`${d.commonWord()} ${d.word()}`), from: 9000 })],
  ['fuzzy', (d) => ({ query: { fuzzy: { abstract: { value: d.misspelt() } } } })],
  ['*ing', (d) => ({ query: { wildcard: { abstract: `*${d.longWord(7).slice(-4)}` } } })],
  [
    'ab*e',
    (d) => {
      const word = d.longWord(5);
      return { query: { wildcard: { abstract: `${word.slice(0, 2)}*${word.slice(-1)}` } } };
    },
  ],
  [
    'date range with a term',
    (d) => ({
      query: { bool: { must: [match(d.word())], filter: [{ range: { created: d.range('created', String) } }] } },
    }),
  ],
];

const flights: readonly (readonly [name: string, make: PeerClass['make']])[] = [
  [
    'range, only counted',
    (d) => {
      const field = d.random.pick(numbers);
      return { query: { range: { [field]: d.range(field, Number) } }, ...onlyCounted };
    },
  ],
  [
    'date range, only counted',
    (d) => ({ query: { range: { departed_at: d.range('departed_at', String) } }, ...onlyCounted }),
  ],
  ['number term', (d) => ({ query: { term: { flight: d.value('flight') } } })],
  [
    'range with a term',
    (d) => {
      const field = d.random.pick(numbers);
      const filter = [{ range: { [field]: d.range(field, Number) } }];
      return { query: { bool: { must: [{ term: { tailnum: d.value('tailnum') } }], filter } } };
    },
  ],
  [
    'date range with a term',
    (d) => {
      const filter = [{ range: { departed_at: d.range('departed_at', String) } }];
      return { query: { bool: { must: [{ term: { dest: d.value('dest') } }], filter } } };
    },
  ],
  ['all by number', (d) => ({ sort: [{ [d.random.pick(numbers)]: direction(d) }], size: d.random.integer(5, 15) })],
  ['all by date', (d) => ({ sort: [{ departed_at: direction(d) }], size: d.random.integer(5, 15) })],
];

function direction({ random }: Draws): 'asc' | 'desc' {
  return random.chance(0.5) ? 'asc' : 'desc';
}

export const peerClasses: readonly PeerClass[] = [
  ...searchKinds.map(({ name, make }): PeerClass => {
    return { name: `wordnet: ${name}`, corpus: 'wordnet', make: (draws) => make(draws.words, draws.random) };
  }),
  ...papers.map(([name, make]): PeerClass => ({ name: `papers: ${name}`, corpus: 'papers', make })),
  ...flights.map(([name, make]): PeerClass => ({ name: `flights: ${name}`, corpus: 'flights', make })),
];
