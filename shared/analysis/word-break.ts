/**
 * Where words begin and end by UAX #29: the pieces between its boundaries, what stands between words among them.
 *
 * Source: Unicode Standard Annex #29, Unicode Text Segmentation, section 4.1.1, rules WB1 to WB999.
 */
import { breakClass, breakEntry, classIn, markIn, wordMark } from './word-break-classes.ts';

const { newline, carriageReturn, extend, joiner, space, katakana, hebrew, letter } = breakClass;
const { emoji, pictographic } = wordMark;
const { singleQuote, doubleQuote, midNumLet, midLetter, midNum, numeric, extendNumLet, regional } = breakClass;

/** What two characters are to each other. */
const apart = 0;
const together = 1;
/** Together where the one before was a letter, or will be a letter after. */
const amongLetters = 2;
const amongHebrew = 3;
const amongNumbers = 4;
/** Together where it is the second of a pair. */
const inPairs = 5;

const classCount = 32;
/** By class before × 32 + class after. */
const relations = new Uint8Array(classCount * classCount);

function relate(before: readonly number[], after: readonly number[], relation: number): void {
  for (const a of before) for (const b of after) relations[a * classCount + b] = relation;
}

const letters = [letter, hebrew];
const innerLetter = [midLetter, midNumLet, singleQuote];
const innerNumber = [midNum, midNumLet, singleQuote];
relate(letters, innerLetter, amongLetters); // WB6
relate(innerLetter, letters, amongLetters); // WB7
relate([hebrew], [singleQuote], together); // WB7a
relate([hebrew], [doubleQuote], amongHebrew); // WB7b
relate([doubleQuote], [hebrew], amongHebrew); // WB7c
relate([...letters, numeric], [...letters, numeric], together); // WB5, WB8 to WB10
relate([numeric], innerNumber, amongNumbers); // WB12
relate(innerNumber, [numeric], amongNumbers); // WB11
relate([katakana], [katakana], together); // WB13
relate([...letters, numeric, katakana, extendNumLet], [extendNumLet], together); // WB13a
relate([extendNumLet], [...letters, numeric, katakana], together); // WB13b
relate([regional], [regional], inPairs); // WB15, WB16

/** Walks over a text from one boundary to the next. */
export class WordBreaks {
  /** Marks of the characters of the last piece, as bits: see wordMark. */
  marks = 0;
  private readonly text: string;
  /** Of the last character that is not ignored (WB4), and of the one before it. */
  private before = 0;
  private earlier = 0;
  /** Regional indicators in a row up to the last character. */
  private regionals = 0;

  constructor(text: string) {
    this.text = text;
  }

  /**
   * The first boundary after a position. Cost: a table look-up a character, and for a character that can be within a word one
   * look ahead.
   *
   * @param start a boundary, before the end of the text
   */
  next(start: number): number {
    const { text } = this;
    const { length } = text;
    const code = text.codePointAt(start)!;
    const entry = breakEntry(code);
    let at = start + sizeOf(code);
    this.marks = 1 << markIn(entry);
    let last = classIn(entry);
    if (last === carriageReturn) return text.charCodeAt(at) === 0x0a ? at + 1 : at; // WB3, WB3a
    if (last === newline) return at; // WB3a
    this.before = last;
    this.earlier = 0;
    this.regionals = last === regional ? 1 : 0;
    while (at < length) {
      const nextCode = text.codePointAt(at)!;
      const nextEntry = breakEntry(nextCode);
      const next = classIn(nextEntry);
      const mark = markIn(nextEntry);
      const after = at + sizeOf(nextCode);
      // WB4: what is ignored belongs to what it follows.
      if (next !== extend && next !== joiner) {
        const isJoined =
          (last === joiner && (mark === emoji || mark === pictographic)) || // WB3c
          (last === space && next === space) || // WB3d
          this.isTogether(next, after);
        if (!isJoined) break;
        this.regionals = next === regional ? this.regionals + 1 : 0;
        this.earlier = this.before;
        this.before = next;
      }
      this.marks |= 1 << mark;
      last = next;
      at = after;
    }
    return at;
  }

  /** Whether a character belongs to what comes before it. @param after the position after it */
  private isTogether(next: number, after: number): boolean {
    const { before, earlier } = this;
    switch (relations[before * classCount + next]!) {
      case apart:
        return false;
      case together:
        return true;
      case amongLetters:
        return isLetter(isLetter(before) ? this.classFrom(after) : earlier);
      case amongHebrew:
        return (before === hebrew ? this.classFrom(after) : earlier) === hebrew;
      case amongNumbers:
        return (before === numeric ? this.classFrom(after) : earlier) === numeric;
      default:
        return (this.regionals & 1) === 1;
    }
  }

  /** The class of the first character from a position on that is not ignored. */
  private classFrom(start: number): number {
    const { text } = this;
    for (let at = start; at < text.length;) {
      const code = text.codePointAt(at)!;
      const found = classIn(breakEntry(code));
      if (found !== extend && found !== joiner) return found;
      at += sizeOf(code);
    }
    return 0;
  }
}

/** UTF-16 units of a code point. */
function sizeOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

function isLetter(found: number): boolean {
  return found === letter || found === hebrew;
}
