import type { PositionReader } from '../positions/position-reader.ts';

/** One word of a phrase. */
export interface PhraseWord {
  /** Place in the phrase, 0 or more. */
  readonly offset: number;
  /** Has sought the posting of the document at hand. */
  readonly reader: PositionReader;
}

/**
 * How often a phrase of single words stands in a document, word by word. The word that is rarest there says where the phrase
 * can begin at all, each other one which of these places are left: its positions are read no further than the last of them,
 * and not at all once there are too few. Gives what `exactFrequency` gives, which reads all positions of all words.
 */
export class ExactPhrase {
  private readonly words: PhraseWord[];
  /** Where the phrase may begin, ascending. */
  private starts = new Uint32Array(16);

  /** @param words at least one */
  constructor(words: readonly PhraseWord[]) {
    this.words = [...words];
  }

  /**
   * How often the phrase stands in the document that every reader has sought.
   * @param least at least 1: where it would be less often, it may give 0
   */
  frequency(least: number): number {
    const { words } = this;
    sortByFrequency(words);
    let count = words[0]!.reader.frequency;
    if (count < least) return 0;
    count = this.begin(words[0]!);
    for (let i = 1; i < words.length && count >= least; i++) count = this.keep(words[i]!, count);
    return count < least ? 0 : count;
  }

  private begin({ reader, offset }: PhraseWord): number {
    reader.readUpTo(Infinity);
    const { positions, count } = reader;
    if (this.starts.length < count) this.starts = new Uint32Array(2 * count);
    const { starts } = this;
    let kept = 0;
    for (let i = 0; i < count; i++) if (positions[i]! >= offset) starts[kept++] = positions[i]! - offset;
    return kept;
  }

  /** Keeps those of the starts from which on the word stands in its place. Returns how many. */
  private keep({ reader, offset }: PhraseWord, count: number): number {
    const { starts } = this;
    reader.readUpTo(starts[count - 1]! + offset);
    const { positions, count: read } = reader;
    let kept = 0;
    for (let i = 0, at = 0; i < count; i++) {
      const start = starts[i]!;
      const wanted = start + offset;
      while (at < read && positions[at]! < wanted) at++;
      if (at === read) break;
      if (positions[at] === wanted) starts[kept++] = start;
    }
    return kept;
  }
}

/** The rarest in the document first. */
function sortByFrequency(words: PhraseWord[]): void {
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    const { frequency } = word.reader;
    let at = i;
    for (; at > 0 && words[at - 1]!.reader.frequency > frequency; at--) words[at] = words[at - 1]!;
    words[at] = word;
  }
}
