/** The queries that engines are measured by. Pure. */
import { analyze } from '../../shared/analysis/standard.ts';
import type { Random } from '../../shared/random/random.ts';

export type EngineQueryKind = 'term' | 'and' | 'or' | 'phrase';

export interface EngineQuery {
  readonly kind: EngineQueryKind;
  /** As the standard analyzer makes them; of a phrase in order. */
  readonly terms: readonly string[];
}

export const engineQueryKinds: readonly EngineQueryKind[] = ['term', 'and', 'or', 'phrase'];

/** Beside those that every engine has: a first term that is required, or must not be alone. */
export type ClauseQueryKind = EngineQueryKind | 'must, should' | 'negation';

export interface ClauseQuery {
  readonly kind: ClauseQueryKind;
  /** Of the last two kinds the first is required; the others are wished for, or excluded. */
  readonly terms: readonly string[];
}

export const clauseQueryKinds: readonly ClauseQueryKind[] = [...engineQueryKinds, 'must, should', 'negation'];

/** The queries, and those of the other kinds that are made of the words of disjunctions, as many of each. */
export function withClauses(queries: readonly EngineQuery[]): ClauseQuery[] {
  const disjunctions = queries.filter(({ kind }) => kind === 'or');
  return [
    ...queries,
    ...disjunctions.map(({ terms }): ClauseQuery => ({ kind: 'must, should', terms })),
    ...disjunctions.map(({ terms }): ClauseQuery => ({ kind: 'negation', terms: terms.slice(0, 2) })),
  ];
}

/** Words in fewer documents are not asked for. */
const documentsMin = 10;

/**
 * So many queries of each kind. Words are drawn evenly over the logarithm of the number of documents that hold them,
 * from those few up to words in nearly all, so that the tail of the latencies is that of the commonest words. The
 * words of a conjunction and of a phrase stand in one document, those of a disjunction are drawn apart.
 *
 * @param texts one a document
 * @throws Error when hardly any word is common enough
 */
export function makeEngineQueries(texts: readonly string[], random: Random, ofEachKind: number): EngineQuery[] {
  const words = wordsByFrequency(texts);
  if (words.length < 3) throw new Error(`fewer than 3 words are in ${documentsMin} documents`);
  const draw = (): Word => drawEvenly(words, random);
  const make: Readonly<Record<EngineQueryKind, () => string[] | null>> = {
    term: () => [draw().term],
    and: () => withNeighbour(texts, draw(), random),
    or: () => distinct([draw().term, draw().term, draw().term]),
    phrase: () => phraseAt(texts, draw(), random),
  };
  return engineQueryKinds.flatMap((kind) =>
    Array.from({ length: ofEachKind }, () => ({ kind, terms: until(make[kind]) })),
  );
}

interface Word {
  readonly term: string;
  readonly documents: number;
  /** One document that holds it. */
  readonly example: number;
}

/** Ascending by documents, then by the word, so that the same seed draws the same words. */
function wordsByFrequency(texts: readonly string[]): Word[] {
  const found = new Map<string, { documents: number; example: number; last: number }>();
  texts.forEach((text, at) => {
    for (const term of analyze(text)) {
      const word = found.get(term);
      if (word === undefined) found.set(term, { documents: 1, example: at, last: at });
      else if (word.last !== at) {
        word.documents++;
        word.last = at;
        // The example moves through the corpus: not every word's first document is early in it.
        if (word.documents % 7 === 0) word.example = at;
      }
    }
  });
  return [...found]
    .map(([term, { documents, example }]) => ({ term, documents, example }))
    .filter(({ documents }) => documents >= documentsMin)
    .sort((a, b) => a.documents - b.documents || (a.term < b.term ? -1 : 1));
}

function drawEvenly(words: readonly Word[], random: Random): Word {
  const [least, most] = [Math.log(words[0]!.documents), Math.log(words.at(-1)!.documents)];
  const wanted = Math.exp(least + random.next() * (most - least));
  let low = 0;
  let high = words.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[middle]!.documents < wanted) low = middle + 1;
    else high = middle;
  }
  // Many rare words are in equally many documents: any of them.
  let last = low;
  while (last + 1 < words.length && words[last + 1]!.documents === words[low]!.documents) last++;
  return words[random.integer(low, last)]!;
}

function withNeighbour(texts: readonly string[], { term, example }: Word, random: Random): string[] | null {
  const others = [...new Set(analyze(texts[example]!))].filter((other) => other !== term);
  return others.length === 0 ? null : [term, random.pick(others)];
}

function phraseAt(texts: readonly string[], { term, example }: Word, random: Random): string[] | null {
  const terms = analyze(texts[example]!);
  const at = terms.indexOf(term);
  const phrase = terms.slice(at, at + random.integer(2, 3));
  return phrase.length < 2 || new Set(phrase).size < phrase.length ? null : phrase;
}

function distinct(terms: string[]): string[] | null {
  return new Set(terms).size === terms.length ? terms : null;
}

/** Few draws are in vain. */
function until(make: () => string[] | null): string[] {
  for (;;) {
    const terms = make();
    if (terms !== null) return terms;
  }
}
