/**
 * The words of a text: the pieces between the boundaries of UAX #29 that hold a letter, a digit or an emoji, as in Lucene's
 * StandardTokenizer. What stands in a script without spaces is cut further, see dictionary-words.ts.
 */
import { cutByDictionary, cutHangul } from './dictionary-words.ts';
import { wordMark } from './word-break-classes.ts';
import { WordBreaks } from './word-break.ts';
import type { CutRun, WordSink } from './word-sink.ts';

const separator = 0;
/** Bits of the classes of ASCII characters. */
const letter = 1;
const digit = 2;
const upper = 4;
const underscore = 8;
const betweenLetters = 16;
const betweenDigits = 32;

const inWord = letter | digit | underscore;

/** By ASCII character. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return letter;
  if (/[A-Z]/.test(character)) return letter | upper;
  if (/[0-9]/.test(character)) return digit;
  if (character === '_') return underscore;
  return (/[:.']/.test(character) ? betweenLetters : 0) | (/[,;.']/.test(character) ? betweenDigits : 0);
});

/**
 * @param cutRun what becomes of runs of scripts without spaces
 * Cost: a few nanoseconds a character while it is ASCII, the rules of UAX #29 for words that are not.
 * @returns whether dictionaries cut some of it
 */
export function forEachWord(text: string, sink: WordSink, cutRun: CutRun = cutByDictionary): boolean {
  const { length } = text;
  let wide: WideWords | null = null;
  for (let at = 0; at < length;) {
    const start = at;
    let seen = separator;
    let last = separator;
    let code = 0;
    for (; at < length; at++) {
      code = text.charCodeAt(at);
      if (code >= 128) break;
      const kind = classes[code]!;
      if ((kind & inWord) !== 0) {
        seen |= kind;
        last = kind;
        continue;
      }
      if (kind === separator || last === separator) break;
      // One that joins, between two letters or two digits. What comes after decides, and may be beyond ASCII.
      code = at + 1 < length ? text.charCodeAt(at + 1) : 0;
      if (code >= 128) break;
      const both = last & classes[code]!;
      if (
        !((both & letter) !== 0 && (kind & betweenLetters) !== 0) &&
        !((both & digit) !== 0 && (kind & betweenDigits) !== 0)
      ) {
        break;
      }
    }
    if (code >= 128) at = (wide ??= new WideWords(text, sink, cutRun)).words(start);
    else {
      if ((seen & (letter | digit)) !== 0) sink(text.slice(start, at), start, at, (seen & upper) === 0);
      at++;
    }
  }
  return wide?.usedDictionaries ?? false;
}

const letterMarks = (1 << wordMark.letter) | (1 << wordMark.hangul);
const runMarks = (1 << wordMark.dictionary) | (1 << wordMark.katakana);
const wordMarks = letterMarks | runMarks | (1 << wordMark.emoji);
const onlyHangul = 1 << wordMark.hangul;

/** Two regional indicators, which are no words one by one. */
const flag = /^\p{Regional_Indicator}[^]*\p{Regional_Indicator}/u;
const flagLength = 4;

/** Words beyond ASCII. */
class WideWords {
  usedDictionaries = false;
  private readonly text: string;
  private readonly sink: WordSink;
  private readonly cutRun: CutRun;
  private readonly breaks: WordBreaks;

  constructor(text: string, sink: WordSink, cutRun: CutRun) {
    this.text = text;
    this.sink = sink;
    this.cutRun = cutRun;
    this.breaks = new WordBreaks(text);
  }

  /** Hands out the words from a boundary on up to where ASCII goes on. Returns the boundary there. */
  words(start: number): number {
    const { text, breaks, sink } = this;
    const { length } = text;
    /** Where a run of scripts without spaces began. */
    let run = -1;
    let at = start;
    do {
      const end = breaks.next(at);
      const { marks } = breaks;
      const isRun = (marks & runMarks) !== 0 && (marks & letterMarks) === 0;
      if (isRun) {
        if (run < 0) run = at;
      } else {
        if (run >= 0) this.cut(run, at);
        run = -1;
        if ((marks & wordMarks) === 0) {
          if (end - at >= flagLength && flag.test(text.slice(at, end))) sink(text.slice(at, end), at, end, false);
        } else if ((marks & ~1) === onlyHangul) cutHangul(text, at, end, sink);
        else sink(text.slice(at, end), at, end, false);
      }
      at = end;
    } while (at < length && text.charCodeAt(at) >= 128);
    if (run >= 0) this.cut(run, at);
    return at;
  }

  private cut(start: number, end: number): void {
    if (this.cutRun(this.text, start, end, this.sink)) this.usedDictionaries = true;
  }
}
