import type { SheafError } from '../../shared/errors.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';

/** How many of so many optional clauses have to match; may be more than there are, which matches nothing. */
export type MinimumShouldMatch = (clauses: number) => number;

const conditionsMax = 16;

/**
 * `2` or `"2"`: so many. `-1`: all but so many. `"75%"`: this share of the clauses, rounded down. `"-25%"`: all but this share,
 * which is rounded down. `"3<90%"`: all where there are 3 at most, else as behind the sign; of several such, parted by spaces, the one with
 * the greatest number below that of the clauses holds, and in any order.
 */
export function readMinimumShouldMatch(node: RequestNode): MinimumShouldMatch {
  const { value } = node;
  if (typeof value !== 'string') return readPlain(node, value);
  const written = value.trim().replaceAll(/\s*<\s*/g, '<');
  if (!written.includes('<')) return readPlain(node, written);
  const words = written.split(/\s+/);
  if (words.length > conditionsMax) {
    const expected = `at most ${conditionsMax} conditions such as 3<90%`;
    throw node.invalid({ expected, limit: conditionsMax, actual: words.length });
  }
  const conditions = words.map((word) => readCondition(node, word)).toSorted((a, b) => a.above - b.above);
  return (clauses) => conditions.findLast(({ above }) => clauses > above)?.minimum(clauses) ?? clauses;
}

interface Condition {
  /** It holds where there are more clauses. */
  readonly above: number;
  readonly minimum: MinimumShouldMatch;
}

function readCondition(node: RequestNode, word: string): Condition {
  const [, above, minimum] = /^(\d{1,4})<([^<]+)$/.exec(word) ?? [];
  if (above === undefined || minimum === undefined) throw refuse(node);
  return { above: Number(above), minimum: readPlain(node, minimum) };
}

const percentage = /^(-?)(\d{1,3})%$/;

function readPlain(node: RequestNode, value: unknown): MinimumShouldMatch {
  const whole = typeof value === 'string' && /^-?\d{1,4}$/.test(value) ? Number(value) : value;
  if (typeof whole === 'number' && Number.isInteger(whole) && Math.abs(whole) <= limits.queryClausesMax) {
    return (clauses) => (whole < 0 ? Math.max(0, clauses + whole) : whole);
  }
  const [, sign, digits] = (typeof value === 'string' && percentage.exec(value)) || [];
  if (digits === undefined || Number(digits) > 100) throw refuse(node);
  const share = Number(digits) / 100;
  return (clauses) => {
    // A hair more, lest 0.29 × 100 be 28.
    const count = Math.floor(clauses * share + 1e-9);
    return sign === '-' ? clauses - count : count;
  };
}

function refuse(node: RequestNode): SheafError {
  return node.invalid({
    expected:
      'a whole number such as 2 or -1, a percentage such as "75%" or "-25%", or conditions such as "2<-25% 9<-3"',
  });
}
