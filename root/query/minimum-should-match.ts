import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';

/** How many of so many optional clauses have to match; may be more than there are, which matches nothing. */
export type MinimumShouldMatch = (clauses: number) => number;

const percentage = /^(-?)(\d{1,3})%$/;

/**
 * `2` or `"2"`: so many. `-1`: all but so many. `"75%"`: this share of the clauses, rounded down. `"-25%"`: all but this share,
 * which is rounded down.
 */
export function readMinimumShouldMatch(node: RequestNode): MinimumShouldMatch {
  const { value } = node;
  const whole = typeof value === 'string' && /^-?\d{1,4}$/.test(value) ? Number(value) : value;
  if (typeof whole === 'number' && Number.isInteger(whole) && Math.abs(whole) <= limits.queryClausesMax) {
    return (clauses) => (whole < 0 ? Math.max(0, clauses + whole) : whole);
  }
  const [, sign, digits] = (typeof value === 'string' && percentage.exec(value)) || [];
  if (digits === undefined || Number(digits) > 100) {
    throw node.invalid({ expected: 'a whole number such as 2 or -1, or a percentage such as "75%" or "-25%"' });
  }
  const share = Number(digits) / 100;
  return (clauses) => {
    // A hair more, lest 0.29 × 100 be 28.
    const count = Math.floor(clauses * share + 1e-9);
    return sign === '-' ? clauses - count : count;
  };
}
