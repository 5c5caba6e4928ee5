import { characters, combined, repeated, type RegexpNode } from './regexp-node.ts';

const zero = 0x30;

/**
 * Whole numbers from one to another, both included and in any order, written in decimal: where both ends have as many digits, the
 * numbers have as many, zeros before them; else any number of zeros may stand before them. As in Lucene.
 *
 * @param ends digits
 */
export function numericInterval(...ends: readonly [string, string]): RegexpNode {
  const [low, high] = BigInt(ends[0]) <= BigInt(ends[1]) ? ends : [ends[1], ends[0]];
  if (low.length === high.length) return between(low, high);
  const [least, most] = [String(BigInt(low)), String(BigInt(high))];
  const byLength: RegexpNode[] = [];
  for (let length = least.length; length <= most.length; length++) {
    const from = length === least.length ? least : `1${'0'.repeat(length - 1)}`;
    byLength.push(between(from, length === most.length ? most : '9'.repeat(length)));
  }
  return combined('concatenation', [repeated(digits('0', '0'), 0, Infinity), combined('union', byLength)]);
}

function digits(from: string, to: string): RegexpNode {
  return characters([zero + Number(from), zero + Number(to)]);
}

function anyDigits(count: number): RegexpNode {
  return repeated(digits('0', '9'), count, count);
}

/** Numbers of as many digits as both ends have. Cost: about as many nodes as they have digits. */
function between(low: string, high: string): RegexpNode {
  const rest = low.length - 1;
  const [a, b] = [Number(low[0]), Number(high[0])];
  if (rest === 0) return digits(low, high);
  // Without this each digit would be two numbers of one digit less, down to the last.
  if (/^0+$/.test(low) && /^9+$/.test(high)) return anyDigits(low.length);
  if (a === b) return combined('concatenation', [digits(low[0]!, low[0]!), between(low.slice(1), high.slice(1))]);
  const parts = [
    combined('concatenation', [digits(low[0]!, low[0]!), between(low.slice(1), '9'.repeat(rest))]),
    combined('concatenation', [digits(high[0]!, high[0]!), between('0'.repeat(rest), high.slice(1))]),
  ];
  if (b - a > 1) {
    parts.push(combined('concatenation', [digits(String(a + 1), String(b - 1)), anyDigits(rest)]));
  }
  return combined('union', parts);
}
