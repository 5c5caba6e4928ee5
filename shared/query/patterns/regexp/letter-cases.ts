import { codePointsOf, type CodePoints } from './code-points.ts';

/** Runs of code points outside of which no character has another case, as first and last. */
export const casedRuns: readonly (readonly [number, number])[] = [
  [0x41, 0x586],
  [0x10a0, 0x10ff],
  [0x13a0, 0x13fd],
  [0x1c80, 0x1cbf],
  [0x1d79, 0x1d8e],
  [0x1e00, 0x1ffc],
  [0x2126, 0x2184],
  [0x24b6, 0x24e9],
  [0x2c00, 0x2d2d],
  [0xa640, 0xa7f6],
  [0xab53, 0xabbf],
  [0xff21, 0xff5a],
  [0x10400, 0x105bc],
  [0x10c80, 0x10d85],
  [0x118a0, 0x118df],
  [0x16e40, 0x16ed3],
  [0x1e900, 0x1e943],
];

/** By code point: itself and what differs from it by case only, each one character. Only where there are others. */
let variants: ReadonlyMap<number, readonly number[]> | null = null;

/** Runs of so many characters are gone through one by one; of longer ones the cased characters in them. */
const shortRun = 256;

/**
 * The set with every character's other cases: those that are the same once each is put in upper and then in lower case, as in
 * Unicode's simple folding. Cost: about 2 ms the first time in a process; then a look-up a character, or 3,000 comparisons a run.
 */
export function inAnyCase(set: CodePoints): CodePoints {
  variants ??= readVariants();
  const runs = [...set];
  const add = (others: readonly number[] = []): void => {
    for (const other of others) runs.push(other, other);
  };
  for (let i = 0; i < set.length; i += 2) {
    const [first, last] = [set[i]!, set[i + 1]!];
    if (last - first < shortRun) for (let code = first; code <= last; code++) add(variants.get(code));
    else for (const [code, others] of variants) if (code >= first && code <= last) add(others);
  }
  return codePointsOf(runs);
}

function readVariants(): ReadonlyMap<number, readonly number[]> {
  const byFolded = new Map<string, number[]>();
  for (const [first, last] of casedRuns) {
    for (let code = first; code <= last; code++) {
      const folded = foldSimply(String.fromCodePoint(code));
      const same = byFolded.get(folded);
      if (same === undefined) byFolded.set(folded, [code]);
      else same.push(code);
    }
  }
  const found = new Map<number, readonly number[]>();
  for (const codes of byFolded.values()) if (codes.length > 1) for (const code of codes) found.set(code, codes);
  return found;
}

/** A character in lower case, by way of its upper case where that is one character. */
function foldSimply(character: string): string {
  // Else an i and an I would be an i without a dot, too.
  if (character === 'ı') return character;
  const upper = oneCharacter(character.toUpperCase()) ?? character;
  return oneCharacter(upper.toLowerCase()) ?? upper;
}

function oneCharacter(text: string): string | null {
  return text.length === String.fromCodePoint(text.codePointAt(0)!).length ? text : null;
}
