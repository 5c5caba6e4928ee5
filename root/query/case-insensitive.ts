/** Terms in any case: what is written becomes a regular expression, whose automaton knows the cases of letters. */
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { RegexpClause } from '../../shared/query/clauses/regexp.ts';
import { determinizedStatesMax } from '../../shared/query/patterns/regexp/automaton-budget.ts';
import type { Query } from '../../shared/query/query.ts';
import type { QueryScope } from './query-scope.ts';
import { regexpQuery } from './regexp-query.ts';

/** What stands for itself, any characters, or one. */
export type PatternPiece = string | { readonly any: 'characters' | 'character' };

/**
 * Documents with a term that is, in any case, made of such pieces; each scores 1.
 * @param place the clause, and what was written in it
 * @param boosted the query as the options of the clause say
 * @throws SheafError REQUEST_VALUE_INVALID where it is too long
 */
export function inAnyCase(
  field: string,
  pieces: readonly PatternPiece[],
  place: { readonly node: RequestNode; readonly patternNode: RequestNode; readonly scope: QueryScope },
  boosted: (query: Query) => Query,
): Query {
  const pattern = pieces.map(written).join('');
  const limit = limits.patternLengthMax;
  if (pattern.length > limit) {
    const expected = `at most ${limit} characters where case does not matter, of which one that is no letter or digit counts twice`;
    throw place.patternNode.invalid({ expected, limit, actual: pattern.length });
  }
  if (!pattern.isWellFormed()) return { kind: 'none' };
  const query: RegexpClause = {
    kind: 'regexp',
    field,
    pattern: pattern === '' ? '()' : pattern,
    operators: [],
    isCaseInsensitive: true,
    statesMax: determinizedStatesMax,
  };
  return regexpQuery(query, place, boosted(query));
}

function written(piece: PatternPiece): string {
  if (typeof piece !== 'string') return piece.any === 'characters' ? '.*' : '.';
  return piece.replaceAll(/[^\p{L}\p{N}\s]/gu, '\\$&');
}

/** The pieces of a wildcard: see shared/query/patterns/wildcard.ts. */
export function piecesOfWildcard(pattern: string): PatternPiece[] {
  return (pattern.match(/\\[^]|[^]/gu) ?? []).map((piece) => {
    if (piece === '*') return { any: 'characters' };
    if (piece === '?') return { any: 'character' };
    return piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece;
  });
}
