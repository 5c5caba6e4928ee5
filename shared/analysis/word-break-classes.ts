/**
 * What UAX #29 has of a character: its Word_Break property, as far as the rules tell characters apart, and what kind of
 * word it makes. Worked out of the properties that the runtime knows, as table 3 of the annex defines it, for 256
 * characters when one of them is first met.
 *
 * Source: Unicode Standard Annex #29, Unicode Text Segmentation, revision 47 (Unicode 17), tables 3 and 3a to 3c.
 */

/** The classes that the rules tell apart. */
export const breakClass = {
  other: 0,
  carriageReturn: 1,
  /** LF and Newline. */
  newline: 2,
  /** Extend and Format. */
  extend: 3,
  joiner: 4,
  space: 5,
  katakana: 6,
  hebrew: 7,
  letter: 8,
  singleQuote: 9,
  doubleQuote: 10,
  midNumLet: 11,
  midLetter: 12,
  midNum: 13,
  numeric: 14,
  extendNumLet: 15,
  regional: 16,
} as const;

/** What a character makes of the word that it is in. */
export const wordMark = {
  none: 0,
  /** A letter or a digit. */
  letter: 1,
  /** Of a script without spaces that dictionaries cut: Han, Hiragana, Thai, Lao, Khmer, Myanmar and their like. */
  dictionary: 2,
  katakana: 3,
  hangul: 4,
  emoji: 5,
  /** Pictographic, and not shown as an emoji. */
  pictographic: 6,
} as const;

/** Bits of an entry that are the class; the mark is above them. */
const classBits = 5;
const classMask = (1 << classBits) - 1;

const pageSize = 256;
const pages: (Uint8Array | undefined)[] = Array.from({ length: 0x110000 / pageSize });

/** The class and the mark of a code point, to be taken apart by the two below. A lone surrogate is `other`. */
export function breakEntry(codePoint: number): number {
  const page = pages[codePoint >>> 8] ?? makePage(codePoint >>> 8);
  return page[codePoint & 0xff]!;
}

export function classIn(entry: number): number {
  return entry & classMask;
}

export function markIn(entry: number): number {
  return entry >>> classBits;
}

function makePage(number: number): Uint8Array {
  const page = Uint8Array.from({ length: pageSize }, (_, low) =>
    makeEntry(String.fromCodePoint(number * pageSize + low)),
  );
  pages[number] = page;
  return page;
}

function makeEntry(character: string): number {
  const is = classOf(character);
  return is | (markOf(character, is) << classBits);
}

const { other, letter } = breakClass;

/** The first that fits; the order is that of the definitions, each of which leaves out those before it. */
const classes: readonly (readonly [RegExp, number])[] = [
  [/\r/u, breakClass.carriageReturn],
  [/[\n\v\f\u0085\u2028\u2029]/u, breakClass.newline],
  [/\u200d/u, breakClass.joiner],
  // Format characters that stand for a space or break one; signs before numbers of Arabic and Syriac.
  [/\u200b/u, other],
  [/[\u0600-\u0605\u06dd\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u, breakClass.numeric],
  [/\u070f/u, letter],
  [/[\p{Grapheme_Extend}\p{Mc}\p{Emoji_Modifier}]/u, breakClass.extend],
  [/\p{Cf}/u, breakClass.extend],
  [/[\u0020\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/u, breakClass.space],
  [/[\p{Script=Katakana}\u3031-\u3035\u309b\u309c\u30a0\u30fc\uff70]/u, breakClass.katakana],
  [/(?=\p{Script=Hebrew})\p{Lo}/u, breakClass.hebrew],
  [/'/u, breakClass.singleQuote],
  [/"/u, breakClass.doubleQuote],
  [/[.\u2018\u2019\u2024\ufe52\uff07\uff0e]/u, breakClass.midNumLet],
  [/[:\u00b7\u0387\u055f\u05f4\u2027\ufe13\ufe55\uff1a]/u, breakClass.midLetter],
  [/[,;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe50\ufe54\uff0c\uff1b]/u, breakClass.midNum],
  [/[\p{Nd}\u066b\u19da]/u, breakClass.numeric],
  [/[\p{Pc}\u202f]/u, breakClass.extendNumLet],
  [/\p{Regional_Indicator}/u, breakClass.regional],
];

/** Letters of table 3 that are not alphabetic. */
const furtherLetters =
  /[\u00b8\u02c2-\u02c5\u02d2-\u02d7\u02de\u02df\u02e5-\u02eb\u02ed\u02ef-\u02ff\u055a-\u055c\u055e\u058a\u05f3\ua708-\ua716\ua720\ua721\ua789\ua78a\uab5b]/u;

/** Line_Break=Complex_Context: letters and marks of the scripts of South East Asia that put no spaces between words. */
const complexContext =
  /(?=[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tai_Le}\p{Script=New_Tai_Lue}\p{Script=Tai_Tham}\p{Script=Tai_Viet}\p{Script=Ahom}])[\p{L}\p{M}]/u;

const ideographic = /[\p{Ideographic}\p{Script=Hiragana}]/u;

function classOf(character: string): number {
  const found = classes.find(([pattern]) => pattern.test(character));
  if (found !== undefined) return found[1];
  if (ideographic.test(character) || complexContext.test(character)) return other;
  return /\p{Alphabetic}/u.test(character) || furtherLetters.test(character) ? letter : other;
}

/** Emoji that are so by themselves or often are; those that are first of all signs, as © and arrows, are none. */
const emoji = /(?=\p{Emoji})(?=[\u231a-\u{10ffff}])\p{Extended_Pictographic}/u;

function markOf(character: string, is: number): number {
  if (emoji.test(character)) return wordMark.emoji;
  if (/\p{Extended_Pictographic}/u.test(character)) return wordMark.pictographic;
  if (is === breakClass.katakana) return wordMark.katakana;
  if (is === other) {
    const isCut = /[\p{Script=Han}\p{Script=Hiragana}]/u.test(character) || ideographic.test(character);
    return isCut || complexContext.test(character) ? wordMark.dictionary : wordMark.none;
  }
  if (is === letter && /\p{Script=Hangul}/u.test(character)) return wordMark.hangul;
  return is === letter || is === breakClass.hebrew || is === breakClass.numeric ? wordMark.letter : wordMark.none;
}
