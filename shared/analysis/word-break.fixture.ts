/**
 * UAX #29 word boundaries straight from the text of the annex: its table of properties as regular expressions, its rules
 * tried in order at every position. Slow and obvious; the twin of word-break.ts, with which it shares nothing.
 */

const alphabeticToo =
  '\\u00b8\\u02c2-\\u02c5\\u02d2-\\u02d7\\u02de\\u02df\\u02e5-\\u02eb\\u02ed\\u02ef-\\u02ff\\u055a-\\u055c\\u055e\\u058a\\u05f3\\u070f\\ua708-\\ua716\\ua720\\ua721\\ua789\\ua78a\\uab5b';
const complexScripts = ['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tai_Le', 'New_Tai_Lue', 'Tai_Tham', 'Tai_Viet', 'Ahom'];
const complex = complexScripts.map((script) => `\\p{Script=${script}}`).join('');

const set = (contents: string): RegExp => new RegExp(`^[${contents}]$`, 'v');

/** Table 3: the value of Word_Break of a character, by its definition. */
const table = {
  CR: set('\\r'),
  LF: set('\\n'),
  Newline: set('\\v\\f\\u0085\\u2028\\u2029'),
  ZWJ: set('\\u200d'),
  Numeric: set('[\\p{Nd}\\u066b\\u19da\\u0600-\\u0605\\u06dd\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}]'),
  Extend: set('[\\p{Grapheme_Extend}\\p{General_Category=Spacing_Mark}\\p{Emoji_Modifier}]--\\u200d'),
  Format: set('\\p{Cf}--[\\u200b-\\u200d\\u070f]'),
  Regional_Indicator: set('\\p{Regional_Indicator}'),
  Katakana: set('[\\p{Script=Katakana}\\u3031-\\u3035\\u309b\\u309c\\u30a0\\u30fc\\uff70]'),
  Hebrew_Letter: set('\\p{Script=Hebrew}&&\\p{Lo}'),
  Single_Quote: set("'"),
  Double_Quote: set('"'),
  MidNumLet: set('.\\u2018\\u2019\\u2024\\ufe52\\uff07\\uff0e'),
  MidLetter: set(':\\u00b7\\u0387\\u055f\\u05f4\\u2027\\ufe13\\ufe55\\uff1a'),
  MidNum: set(',;\\u037e\\u0589\\u060c\\u060d\\u066c\\u07f8\\u2044\\ufe50\\ufe54\\uff0c\\uff1b'),
  ExtendNumLet: set('[\\p{Pc}\\u202f]'),
  ALetter: set(
    `[\\p{Alphabetic}${alphabeticToo}]--[\\p{Ideographic}\\p{Script=Hiragana}[[${complex}]&&[\\p{L}\\p{M}]]]`,
  ),
  WSegSpace: set('\\p{Zs}--[\\u00a0\\u2007\\u202f]'),
} as const;

type Value = keyof typeof table | 'Other';

const isPictographic = (character: string | undefined): boolean => /^\p{Extended_Pictographic}/v.test(character ?? '');

const values = new Map<string, Value>();

function valueOf(character: string): Value {
  let value = values.get(character);
  if (value === undefined) {
    const found = Object.entries(table).find(([, characters]) => characters.test(character));
    value = (found?.[0] as Value | undefined) ?? 'Other';
    values.set(character, value);
  }
  return value;
}

/** The boundaries of a text, its beginning and end among them, in UTF-16 units; none where it is empty (WB1, WB2). */
export function wordBoundaries(text: string): number[] {
  const characters = Array.from(text);
  const raw = characters.map(valueOf);
  const boundaries: number[] = [];
  let offset = 0;
  for (const [at, character] of characters.entries()) {
    if (isBoundary(characters, raw, at)) boundaries.push(offset);
    offset += character.length;
  }
  return text === '' ? [] : [...boundaries, offset];
}

const isBreak = (value: Value | undefined): boolean => value === 'CR' || value === 'LF' || value === 'Newline';
const isIgnored = (value: Value | undefined): boolean => value === 'Extend' || value === 'Format' || value === 'ZWJ';

/** WB4: what is ignored is left out, but where it follows nothing. */
function isLeftOut(raw: readonly Value[], at: number): boolean {
  return isIgnored(raw[at]) && at > 0 && !isBreak(raw[at - 1]);
}

/** Whether there is a boundary before the character at `at`. */
function isBoundary(characters: readonly string[], raw: readonly Value[], at: number): boolean {
  if (at === 0) return true; // WB1
  const [left, right] = [raw[at - 1]!, raw[at]!];
  if (left === 'CR' && right === 'LF') return false; // WB3
  if (isBreak(left) || isBreak(right)) return true; // WB3a, WB3b
  if (left === 'ZWJ' && isPictographic(characters[at])) return false; // WB3c
  if (left === 'WSegSpace' && right === 'WSegSpace') return false; // WB3d
  if (isIgnored(right)) return false; // WB4
  const nearest = (from: number, step: number): number => {
    let found = from;
    while (isLeftOut(raw, found)) found += step;
    return found;
  };
  const beforeAt = nearest(at - 1, -1);
  const earlierAt = nearest(beforeAt - 1, -1);
  const before = raw[beforeAt]!;
  const earlier = raw[earlierAt] ?? 'Other';
  const after = raw[nearest(at + 1, 1)] ?? 'Other';
  const letter = (value: Value): boolean => value === 'ALetter' || value === 'Hebrew_Letter';
  const mid = (value: Value, kind: Value): boolean => [kind, 'MidNumLet', 'Single_Quote'].includes(value);
  if (letter(before) && letter(right)) return false; // WB5
  if (letter(before) && mid(right, 'MidLetter') && letter(after)) return false; // WB6
  if (letter(earlier) && mid(before, 'MidLetter') && letter(right)) return false; // WB7
  if (before === 'Hebrew_Letter' && right === 'Single_Quote') return false; // WB7a
  if (before === 'Hebrew_Letter' && right === 'Double_Quote' && after === 'Hebrew_Letter') return false; // WB7b
  if (earlier === 'Hebrew_Letter' && before === 'Double_Quote' && right === 'Hebrew_Letter') return false; // WB7c
  if (before === 'Numeric' && right === 'Numeric') return false; // WB8
  if (letter(before) && right === 'Numeric') return false; // WB9
  if (before === 'Numeric' && letter(right)) return false; // WB10
  if (earlier === 'Numeric' && mid(before, 'MidNum') && right === 'Numeric') return false; // WB11
  if (before === 'Numeric' && mid(right, 'MidNum') && after === 'Numeric') return false; // WB12
  if (before === 'Katakana' && right === 'Katakana') return false; // WB13
  const extended = ['ALetter', 'Hebrew_Letter', 'Numeric', 'Katakana'];
  if ([...extended, 'ExtendNumLet'].includes(before) && right === 'ExtendNumLet') return false; // WB13a
  if (before === 'ExtendNumLet' && extended.includes(right)) return false; // WB13b
  if (before === 'Regional_Indicator' && right === 'Regional_Indicator') {
    // WB15, WB16
    let count = 0;
    for (let index = beforeAt; raw[index] === 'Regional_Indicator'; index = nearest(index - 1, -1)) count++;
    return count % 2 === 0;
  }
  return true; // WB999
}
