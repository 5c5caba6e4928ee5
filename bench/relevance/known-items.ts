/** Questions whose answer is known without a judge: an example of use, and the synset it was written for. */
import type { Synset } from '../../command/demo/wordnet.ts';
import type { Random } from '../../shared/random/random.ts';
import type { Judged } from './judged.ts';

/** Each synset by its words and its definition; a question is one of the examples, which no document has. Pure. */
export function knownItems(synsets: readonly Synset[], queries: number, random: Random): Judged {
  const exemplified = random.shuffle(synsets.filter(({ examples }) => examples.length > 0)).slice(0, queries);
  return {
    documents: synsets.map(({ id, words, definition }) => ({ id, text: `${words.join(' ')} ${definition}` })),
    queries: exemplified.map(({ id, examples }) => ({ id, text: random.pick(examples) })),
    relevant: new Map(exemplified.map(({ id }) => [id, new Set([id])])),
  };
}
