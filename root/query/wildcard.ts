import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';

/** What is wrong with a pattern, as the detail of a fault; null when nothing is. */
export function patternFault(pattern: string): { expected: string; limit: number; actual: number } | null {
  const limit = limits.patternLengthMax;
  return pattern.length <= limit
    ? null
    : { expected: `a pattern of at most ${limit} characters`, limit, actual: pattern.length };
}

/** A pattern that only ends in `*` asks for a beginning, which any number of terms may have. */
export function wildcardQuery(field: string, pattern: string): Query {
  if (!pattern.isWellFormed()) return { kind: 'none' };
  const beginning = /^([^*?\\]*)\*$/s.exec(pattern)?.[1];
  if (beginning !== undefined) return { kind: 'prefix', field, prefix: beginning };
  return { kind: 'wildcard', field, pattern };
}
