/** Words of a corpus by how many documents hold them, so that queries can be drawn that cost what real ones do. Pure. */
import { analyze } from '../../shared/analysis/standard.ts';
import type { Random } from '../../shared/random/random.ts';

/** Words held by so many documents; `weight` is how often the band is drawn, in relation to the others. */
export interface Band {
  readonly name: string;
  readonly documentsMin: number;
  readonly documentsMax: number;
  readonly weight: number;
}

/** For a corpus of about 100,000 documents; a smaller one leaves the upper bands empty. */
const bands: readonly Band[] = [
  { name: 'rare', documentsMin: 10, documentsMax: 99, weight: 3 },
  { name: 'middling', documentsMin: 100, documentsMax: 999, weight: 4 },
  { name: 'common', documentsMin: 1000, documentsMax: 9999, weight: 2 },
  { name: 'everywhere', documentsMin: 10_000, documentsMax: Number.POSITIVE_INFINITY, weight: 1 },
];

export interface WordSource {
  /** One word from a band drawn by weight. */
  draw(): string;
  /** Two words that at least one document holds together, the first drawn as above, the second not `everywhere`. */
  drawPair(): [string, string];
}

/**
 * @param texts one a document
 * @param drawn the bands to draw from, the rarest first
 * @throws Error when no word is in as many documents as the rarest band asks
 */
export function createWordSource(texts: readonly string[], random: Random, drawn: readonly Band[] = bands): WordSource {
  const documents = texts.map((text) => [...new Set(analyze(text))]);
  const holders = countHolders(documents);
  const filled = drawn.map((band) => ({ band, words: wordsOf(band, holders) })).filter(({ words }) => words.length > 0);
  if (filled.length === 0) throw new Error(`no word is in ${drawn[0]!.documentsMin} documents`);
  const drawable = filled.flatMap((one) => Array.from({ length: one.band.weight }, () => one));
  const draw = (): string => random.pick(random.pick(drawable).words);
  const everywhereMin = bands.at(-1)!.documentsMin;

  const drawPair = (): [string, string] => {
    for (;;) {
      const first = draw();
      const { last } = holders.get(first)!;
      const others = documents[last]!.filter((word) => word !== first && holders.get(word)!.count < everywhereMin);
      if (others.length > 0) return [first, random.pick(others)];
    }
  };
  return { draw, drawPair };
}

interface Holders {
  count: number;
  /** The last document that holds the word. */
  last: number;
}

function countHolders(documents: readonly (readonly string[])[]): Map<string, Holders> {
  const holders = new Map<string, Holders>();
  documents.forEach((words, at) => {
    for (const word of words) {
      const known = holders.get(word);
      if (known === undefined) holders.set(word, { count: 1, last: at });
      else {
        known.count++;
        known.last = at;
      }
    }
  });
  return holders;
}

/** Sorted, so that the same seed draws the same words whatever the order of the map. */
function wordsOf({ documentsMin, documentsMax }: Band, holders: ReadonlyMap<string, Holders>): string[] {
  const words = [...holders].filter(([, { count }]) => count >= documentsMin && count <= documentsMax);
  return words.map(([word]) => word).sort();
}
