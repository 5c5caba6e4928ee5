/** Sets of code points: pairs of the first and the last of a run, flat, ascending, with something between two runs. */
export type CodePoints = readonly number[];

export const codePointMax = 0x10ffff;
export const anyCodePoint: CodePoints = [0, codePointMax];

/** A set of runs in any order, which may overlap. @param runs pairs of first and last, flat */
export function codePointsOf(runs: readonly number[]): CodePoints {
  const pairs: [number, number][] = [];
  for (let i = 0; i < runs.length; i += 2) pairs.push([runs[i]!, runs[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const set: number[] = [];
  for (const [first, last] of pairs) {
    if (set.length > 0 && first <= set.at(-1)! + 1) set[set.length - 1] = Math.max(set.at(-1)!, last);
    else set.push(first, last);
  }
  return set;
}

/** All others. */
export function otherCodePoints(set: CodePoints): CodePoints {
  const others: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) others.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= codePointMax) others.push(next, codePointMax);
  return others;
}
