/** What queries are put together of, drawn from the documents that are asked for them. Pure. */
import { analyze } from '../../shared/analysis/standard.ts';
import type { Random } from '../../shared/random/random.ts';
import { createWordSource, type WordSource } from '../corpus/words.ts';
import type { PeerCorpus, PeerDocument } from './corpora.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');

export class Draws {
  readonly random: Random;
  private readonly corpus: PeerCorpus;
  private readonly field: string;
  private readonly sources = new Map<string, WordSource>();

  /** @param field the text whose words are drawn */
  constructor(corpus: PeerCorpus, field: string, random: Random) {
    this.corpus = corpus;
    this.field = field;
    this.random = random;
  }

  /** Of all bands, by their weight. */
  get words(): WordSource {
    return this.source('all');
  }

  word(): string {
    return this.words.draw();
  }

  rareWord(): string {
    return this.source('rare', 10, 30).draw();
  }

  /** One that a fifth of the documents hold. */
  commonWord(): string {
    return this.source('common', Math.floor(this.corpus.documents.length / 5), Number.POSITIVE_INFINITY).draw();
  }

  /** One of so many letters or more, of the alphabet alone. */
  longWord(lengthMin: number): string {
    for (;;) {
      const word = this.word();
      if (word.length >= lengthMin && /^[a-z]+$/.test(word)) return word;
    }
  }

  /** With one letter that is another one, not the first. */
  misspelt(): string {
    const word = this.longWord(5);
    const at = this.random.integer(1, word.length - 1);
    const others = letters.filter((letter) => letter !== word[at]);
    return word.slice(0, at) + this.random.pick(others) + word.slice(at + 1);
  }

  differentWords(count: number): string {
    const drawn = new Set<string>();
    while (drawn.size < count) drawn.add(this.word());
    return [...drawn].join(' ');
  }

  /** Two or three words that follow one another in some document. */
  phrase(): string {
    for (;;) {
      const words = analyze(String(this.document()[this.field]));
      const length = this.random.integer(2, 3);
      if (words.length < length) continue;
      const at = this.random.integer(0, words.length - length);
      return words.slice(at, at + length).join(' ');
    }
  }

  document(): PeerDocument {
    return this.random.pick(this.corpus.documents);
  }

  /** What some document has in a field. */
  value(field: string): unknown {
    for (;;) {
      const value = this.document()[field];
      if (value !== undefined) return value;
    }
  }

  /** Bounds that are values of two documents, the lower one included. */
  range<T extends string | number>(field: string, read: (value: unknown) => T): { gte: T; lt: T } {
    for (;;) {
      const [a, b] = [read(this.value(field)), read(this.value(field))];
      if (a !== b) return a < b ? { gte: a, lt: b } : { gte: b, lt: a };
    }
  }

  private source(name: string, documentsMin?: number, documentsMax?: number): WordSource {
    let source = this.sources.get(name);
    if (source === undefined) {
      const texts = this.corpus.documents.map((document) => String(document[this.field]));
      const bands =
        documentsMin === undefined || documentsMax === undefined
          ? undefined
          : [{ name, documentsMin, documentsMax, weight: 1 }];
      this.sources.set(name, (source = createWordSource(texts, this.random, bands)));
    }
    return source;
  }
}
